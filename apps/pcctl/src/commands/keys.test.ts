import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collection, fileWith, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const other = await startPcd();
const recording = fileWith(join(directory, 'm.json'), collection({ machine: 'm', samples: 2 }));

/** The part of a key that must not be seen: `pck_<id>_<secret>`. */
function secretOf(key: string): string {
  return /^pck_[0-9a-f]{12}_(.{43})$/.exec(key)?.[1] ?? '';
}

interface Key {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly created: number;
  readonly expires: number | null;
  readonly machines: string | null;
  readonly last_used: number | null;
  readonly previous_until: number | null;
  readonly key: string;
  readonly file: string;
}

const create = async (...argv: string[]) => (await pcd.json(['keys', 'create', ...argv])) as Key;
const keys = async () => (await pcd.json(['keys', 'list'])) as Key[];
const ids = async () => (await keys()).map(({ id }) => id);
const withKey = (key: string, ...argv: string[]) => pcd.pcctl(argv, { env: { PCCTL_APIKEY: key } });

test('the first key is the administrator that pcd made; the list does not show it', async () => {
  const [first, ...others] = await keys();
  expect(others).toEqual([]);
  expect(first).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    name: 'administrator',
    tenant: 'default',
    scopes: ['ingest', 'read', 'admin'],
    created: expect.any(Number),
    expires: null,
    machines: null,
    last_used: expect.any(Number),
    previous_until: null,
  });
  const { stdout, stderr } = await pcd.pcctl(['keys', 'list']);
  expect(stdout).toMatch(/^ID +NAME +TENANT +SCOPES +MACHINES +CREATED +EXPIRES +LAST USED +OLD SECRET UNTIL\n/);
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
  const row = `administrator +default +ingest,read,admin +[*] +${time} +never +${time} +-\n$`;
  expect(stdout).toMatch(new RegExp(row));
  expect(stdout + stderr).not.toContain(secretOf(pcd.adminKey()));
});

test('a new key is shown once, and works', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'agents of web']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [key = '', , told] = stdout.split('\n');
  const [, id] = /^pck_([0-9a-f]{12})_[\w-]{43}$/.exec(key) ?? [];
  expect(told).toBe(
    `This is the key ${id} (agents of web). It is shown this once: keep it where only its user can read it.`,
  );
  expect((await withKey(key, 'upload', recording)).code).toBe(0);
  const listed = await pcd.pcctl(['keys', 'list']);
  expect(listed.stdout).toContain(`${id}  agents of web`);
  expect(listed.stdout).not.toContain(key);
});

test('a key may do what its scopes say and nothing else', async () => {
  const ingest = await create('--name', 'i');
  const read = await create('--name', 'r', '--scopes', 'read');
  const admin = await create('--name', 'a', '--scopes', 'ingest, admin');
  expect([ingest.scopes, read.scopes, admin.scopes]).toEqual([['ingest'], ['read'], ['ingest', 'admin']]);
  const codes = async ({ key }: Key) => {
    const runs = [
      ['upload', '--all', recording],
      ['machines', 'list'],
      ['keys', 'list'],
    ].map((argv) => withKey(key, ...argv));
    return (await Promise.all(runs)).map(({ code }) => code);
  };
  expect(await codes(ingest)).toEqual([0, 1, 1]);
  expect(await codes(read)).toEqual([1, 0, 1]);
  expect(await codes(admin)).toEqual([0, 1, 0]);
});

test.each([
  [['status'], 'read'],
  [['machines', 'show', 'm'], 'read'],
  [['export', 'm'], 'read'],
  [['machines', 'delete', 'm'], 'admin'],
  [['keys', 'create', '--name', 'x'], 'admin'],
])('%j with a key for sending says which scope is missing', async (argv, scope) => {
  const { key } = await create('--name', 'i');
  const { code, stdout, stderr } = await withKey(key, ...argv);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(
    `the API key may not do this: it lacks the scope "${scope}"\n  Ask for a key with that scope`,
  );
  expect(stderr).not.toContain(key);
});

test.each(['pck_000000000000_wrong', `pck_000000000000_${'x'.repeat(43)}`, 'sesame-sesame'])(
  'a wrong key (%s) is said to be not valid, and not shown',
  async (key) => {
    for (const argv of [['status'], ['keys', 'list'], ['export', 'm'], ['upload', recording]]) {
      const { code, stdout, stderr } = await withKey(key, ...argv);
      expect(code).toBe(1);
      expect(stderr).toContain('the API key is not valid: mistyped, revoked or expired');
      expect(stdout + stderr).not.toContain(key);
    }
  },
);

test('a key that expires says when', async () => {
  const { created, expires } = await create('--name', 'for an hour', '--expires', '1h');
  expect(Math.abs((expires ?? 0) - created - 3600)).toBeLessThan(60);
  expect((await create('--name', 'for ever', '--expires', 'infinity')).expires).toBeNull();
  const { stdout } = await pcd.pcctl(['keys', 'list']);
  expect(stdout).toMatch(/for an hour .* \d\d:\d\d:\d\d +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +never +-\n/);
});

const misuse: readonly [string[], string][] = [
  [[], 'a key needs a name\n  Say what it is for: --name web01'],
  [['--name', 'x', '--scopes', 'write'], '--scopes: "write" is no scope; expected ingest, read, admin'],
  [['--name', 'x', '--scopes', ''], '--scopes: "" is no scope; expected ingest, read, admin'],
  [['--name', 'x', '--expires', '0s'], '--expires: 0s is too short; expected 1s or more'],
  [['--name', 'x', '--expires', 'soon'], '--expires: "soon" is no duration; expected one such as'],
];

test.each(misuse)('keys create %j is exit code 2, and no key is made', async (argv, sentence) => {
  const before = await ids();
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'create', ...argv]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`pcctl: ${sentence}`);
  expect(await ids()).toEqual(before);
});

test.each([
  ['--name', 'n'.repeat(129)],
  ['--tenant', 'a/b'],
])('keys create %s %j is refused by the server with a sentence', async (flag, value) => {
  const before = await ids();
  const { code, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'x', flag, value]);
  expect(code).toBe(1);
  expect(stderr).toContain(`"${flag.slice(2)}" in the body: `);
  expect(await ids()).toEqual(before);
});

test('a key can go into a file, for its owner alone, and is then shown nowhere', async () => {
  const file = join(directory, 'agents.key');
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'filed', '-o', file]);
  const key = readFileSync(file, 'utf8');
  expect(key).toMatch(/^pck_[0-9a-f]{12}_[\w-]{43}\n$/);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `the key ${key.split('_')[1]} (filed) is in ${file}\n`,
    stderr: '',
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await pcd.pcctl(['upload', recording, '--apikey-file', file])).code).toBe(0);
});

test('--json of a key in a file has the file and not the key', async () => {
  const file = join(directory, 'json.key');
  const received = await create('--name', 'filed', '--output', file);
  expect(received).toMatchObject({ name: 'filed', file });
  expect(received).not.toHaveProperty('key');
  expect(JSON.stringify(received)).not.toContain(secretOf(readFileSync(file, 'utf8').trim()));
});

test('a key file that was there is replaced, and closed to others', async () => {
  const file = fileWith(join(directory, 'old.key'), ['old']);
  chmodSync(file, 0o644);
  await create('--name', 'new', '-o', file);
  expect(readFileSync(file, 'utf8')).toMatch(/^pck_/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('where the file cannot be made, no key is', async () => {
  const before = await ids();
  const file = join(directory, 'no-such-directory', 'x.key');
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'x', '-o', file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`pcctl: cannot write the key to ${file}: no such file or directory\n  Check the path.\n`);
  expect(await ids()).toEqual(before);
});

test('where the server refuses, the file that was there stays and nothing stands beside it', async () => {
  const place = join(directory, 'place');
  mkdirSync(place);
  const file = fileWith(join(place, 'k.key'), ['old']);
  const { code, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'n'.repeat(129), '-o', file]);
  expect(code).toBe(1);
  expect(stderr).toContain('refused');
  expect(readFileSync(file, 'utf8')).toBe('old\n');
  expect(readdirSync(place)).toEqual(['k.key']);
});

test('no command shows the key that it uses, whatever comes of it', async () => {
  const secret = secretOf(pcd.adminKey());
  const file = fileWith(join(directory, 'own.key'), [pcd.adminKey()]);
  const commands = [
    ['ping'],
    ['version'],
    ['status'],
    ['status', '--json'],
    ['keys', 'list', '--json'],
    ['keys', 'revoke', 'abcdef'],
    ['keys', 'rotate', '?'],
    ['keys', 'create', '--name', ''],
    ['machines', 'list', '--json'],
    ['machines', 'show', 'nobody'],
    ['machines', 'delete', 'nobody'],
    ['export', 'nobody'],
    ['export', 'm', '--from', 'never'],
    ['upload', recording, join(directory, 'missing')],
    ['status', '--server', 'nonsense'],
    ['status', '--frobnicate'],
  ];
  for (const argv of commands) {
    for (const ran of [await pcd.pcctl(argv), await pcd.pcctl([...argv, '--apikey-file', file])]) {
      expect(ran.stdout + ran.stderr).not.toBe('');
      expect(ran.stdout + ran.stderr).not.toContain(secret);
    }
  }
  expect(secret).toHaveLength(43);
});

test('a revoked key ends at once', async () => {
  const { id, key } = await create('--name', 'short-lived', '--scopes', 'read');
  expect((await withKey(key, 'status')).code).toBe(0);
  expect(await pcd.pcctl(['keys', 'revoke', id])).toEqual({ code: 0, stdout: `revoked ${id}\n`, stderr: '' });
  expect((await withKey(key, 'status')).stderr).toContain('the API key is not valid');
  expect((await keys()).map((one) => one.id)).not.toContain(id);
  expect((await pcd.pcctl(['keys', 'revoke', id])).code).toBe(1);
});

test('several keys are revoked at once; one that is not there does not keep the others', async () => {
  const [one, two] = [await create('--name', 'one'), await create('--name', 'two')];
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'revoke', one.id, 'abcdef', two.id]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `revoked ${one.id}\nrevoked ${two.id}\n` });
  expect(stderr).toMatch(
    /^pcctl: abcdef is not revoked: .*there is no key with the id abcdef; see the list of keys\n$/,
  );
  const left = (await keys()).map(({ id }) => id);
  for (const { id } of [one, two]) expect(left).not.toContain(id);
});

test('--json of a revocation is what was revoked and what was not', async () => {
  const { id } = await create('--name', 'short-lived');
  expect(await pcd.json(['keys', 'revoke', id])).toEqual({ revoked: [id], refused: [] });
});

test('a key for some machines sends for them alone, and says so', async () => {
  const { id, key, machines } = await create('--name', 'web', '--machines', 'web*');
  expect(machines).toBe('web*');
  const web = fileWith(join(directory, 'web01.json'), collection({ machine: 'web01', samples: 2 }));
  expect((await withKey(key, 'upload', web)).code).toBe(0);
  const { code, stderr } = await withKey(key, 'upload', recording);
  expect(code).toBe(1);
  expect(stderr).toContain('the API key is for the machines web* and not for m');
  expect((await pcd.pcctl(['keys', 'list'])).stdout).toMatch(new RegExp(`^${id} +web +default +ingest +web[*] `, 'm'));
});

test('one key is shown, with when it was used last', async () => {
  const { id, key } = await create('--name', 'shown', '--scopes', 'read', '--machines', 'm*');
  const shown = async () => (await pcd.json(['keys', 'show', id])) as Key;
  expect(await shown()).toMatchObject({ id, name: 'shown', machines: 'm*', last_used: null });
  expect((await withKey(key, 'machines', 'list')).code).toBe(0);
  expect((await pcd.pcctl(['keys', 'show', id])).stdout).toMatch(/^old secret +none$/m);
  expect((await shown()).last_used).toBeGreaterThan(1_700_000_000);
  const { code, stdout } = await pcd.pcctl(['keys', 'show', id]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^scopes +read\nmachines +m\*\ncreated +[-\d]+ [:\d]+\nexpires +never\nlast used +20/m);
  expect(stdout).not.toContain(secretOf(key));
});

test('a rotated key keeps its id, name and scopes; the old secret ends, the new one works', async () => {
  const before = await create('--name', 'turning', '--scopes', 'read');
  const after = (await pcd.json(['keys', 'rotate', before.id])) as Key;
  expect(after).toMatchObject({ id: before.id, name: 'turning', scopes: ['read'] });
  expect(after.key).not.toBe(before.key);
  expect((await withKey(before.key, 'status')).code).toBe(1);
  expect((await withKey(after.key, 'status')).code).toBe(0);
});

test('with an overlap both secrets are valid, and the list says until when', async () => {
  const before = await create('--name', 'overlapping', '--scopes', 'read');
  const after = (await pcd.json(['keys', 'rotate', before.id, '--overlap', '24h'])) as Key;
  expect(Math.abs((after.previous_until ?? 0) - Date.now() / 1000 - 86_400)).toBeLessThan(60);
  for (const { key } of [before, after]) expect((await withKey(key, 'status')).code).toBe(0);
  expect((await pcd.pcctl(['keys', 'list'])).stdout).toMatch(/overlapping .* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n/);
  expect((await pcd.pcctl(['keys', 'show', before.id])).stdout).toMatch(/^old secret +valid until 20/m);
  await pcd.pcctl(['keys', 'rotate', before.id]);
  for (const { key } of [before, after]) expect((await withKey(key, 'status')).code).toBe(1);
});

test.each(['infinity', '91d'])('an overlap of %s is refused', async (overlap) => {
  const { id } = await create('--name', 'overlapping');
  const { code, stdout, stderr } = await pcd.pcctl(['keys', 'rotate', id, '--overlap', overlap]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--overlap');
});

test('a rotated key can replace the file of the old one', async () => {
  const file = join(directory, 'turning.key');
  const { id } = await create('--name', 'turning', '-o', file);
  const old = readFileSync(file, 'utf8');
  const { code, stdout } = await pcd.pcctl(['keys', 'rotate', id, '-o', file]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `the key ${id} (turning) is in ${file}\n` });
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^pck_${id}_`));
  expect(readFileSync(file, 'utf8')).not.toBe(old);
  expect((await pcd.pcctl(['upload', recording, '--apikey-file', file])).code).toBe(0);
});

test('a rotation that is refused leaves the file of the old key as it is', async () => {
  const file = fileWith(join(directory, 'kept.key'), ['old']);
  expect((await pcd.pcctl(['keys', 'rotate', 'abcdef', '-o', file])).code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('old\n');
  expect(existsSync(`${file}.new`)).toBe(false);
});

test("pcctl goes on working after this machine's own key was rotated", async () => {
  const before = pcd.adminKey();
  const [, id = ''] = before.split('_');
  expect((await pcd.pcctl(['keys', 'rotate', id])).code).toBe(0);
  expect(pcd.adminKey()).not.toBe(before);
  expect((await pcd.pcctl(['keys', 'list'])).code).toBe(0);
  expect((await withKey(before, 'keys', 'list')).code).toBe(1);
});

test('the last key that can manage keys is not revoked', async () => {
  const [, id = ''] = other.adminKey().split('_');
  await other.pcctl(['keys', 'create', '--name', 'no administrator', '--scopes', 'ingest,read']);
  const { code, stdout, stderr } = await other.pcctl(['keys', 'revoke', id]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('this is the last key that can manage keys; create another one first');
  expect((await other.pcctl(['keys', 'list'])).code).toBe(0);
});

test.each([
  ['revoke', 'abcdef', 'there is no key with the id abcdef; see the list of keys'],
  ['rotate', 'abcdef', 'there is no key with the id abcdef; see the list of keys'],
  ['show', 'abcdef', 'there is no key with the id "abcdef"; see the list of keys'],
  ['revoke', 'not-an-id', 'expected the id that the list of keys shows'],
  ['rotate', '../machines', 'expected the id that the list of keys shows'],
])('keys %s %s is exit code 1 and a sentence', async (verb, id, sentence) => {
  const { code, stdout, stderr } = await pcd.pcctl(['keys', verb, id]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(sentence);
});

test('a key of another tenant sees nothing of this one', async () => {
  await pcd.pcctl(['upload', recording]);
  const { key, tenant } = await create('--name', 'theirs', '--tenant', 'acme', '--scopes', 'ingest,read,admin');
  expect(tenant).toBe('acme');
  const env = { PCCTL_APIKEY: key };
  expect(await pcd.json(['machines', 'list'], { env })).toEqual([]);
  expect(await pcd.json(['status'], { env })).toMatchObject({ tenant: 'acme', machines: 0, samples: 0 });
  expect((await withKey(key, 'machines', 'show', 'm')).code).toBe(1);
  const seen = (await pcd.json(['keys', 'list'], { env })) as Key[];
  expect(seen.map(({ name }) => name)).toEqual(['theirs']);
});

test.each(['a directory', 'a place below a file'])(
  'a key that could be written nowhere (%s) is not made',
  async (kind) => {
    const place = join(directory, kind);
    if (kind === 'a directory') mkdirSync(place);
    else writeFileSync(place, '');
    const before = await ids();
    const output = kind === 'a directory' ? place : join(place, 'k');
    const { code, stderr } = await pcd.pcctl(['keys', 'create', '--name', 'x', '-o', output]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcctl: cannot write the key to .*: .*\n/);
    expect(await ids()).toEqual(before);
  },
);
