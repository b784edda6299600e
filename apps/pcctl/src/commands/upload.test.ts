import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();

interface Uploaded {
  readonly file: string;
  readonly reply?: { machines: string[]; samples: number; stored: number; duplicates: number; problems: string[] };
  readonly problems: readonly string[];
}

const at = (name: string) => join(directory, name);
const upload = (...argv: string[]) => pcd.pcctl(['upload', ...argv]);
const good = (machine: string, samples = 3) => fileWith(at(`${machine}.json`), collection({ machine, samples }));

async function samplesOf(machine: string): Promise<number> {
  const shown = (await pcd.json(['machines', 'show', machine])) as { samples: number };
  return shown.samples;
}

test('a collection is stored whole, and told in a sentence', async () => {
  const file = good('plain', 7);
  expect(await upload(file)).toEqual({ code: 0, stdout: `${file}: 7 samples stored\n`, stderr: '' });
  expect(await samplesOf('plain')).toBe(7);
});

test('--json says of each file what became of it', async () => {
  const file = good('json');
  const reply = { machines: ['json'], samples: 3, stored: 3, duplicates: 0, problems: [] };
  expect(await pcd.json(['upload', file])).toEqual([{ file, reply, problems: [] }]);
});

test('what was there already is not stored twice', async () => {
  const file = good('twice');
  await upload(file);
  expect((await upload(file)).stdout).toBe(`${file}: 0 samples stored, 3 were there already\n`);
  expect(await samplesOf('twice')).toBe(3);
});

const packings: readonly [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['gz', (bytes) => gzipSync(bytes)],
  ['zst', (bytes) => zstdCompressSync(bytes)],
];

test.each(packings)('a collection that is packed (.%s) is stored like a plain one', async (suffix, pack) => {
  const lines = collection({ machine: `packed-${suffix}`, samples: 50 });
  const file = fileWith(at(`packed.json.${suffix}`), pack(Buffer.from(lines.join('\n').concat('\n'))));
  expect(await upload(file)).toEqual({ code: 0, stdout: `${file}: 50 samples stored\n`, stderr: '' });
  const exported = await pcd.pcctl(['export', `packed-${suffix}`]);
  expect(
    exported.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(lines.map((line) => JSON.parse(line)));
});

test('what is packed is told by its bytes, not by its name', async () => {
  const lines = collection({ machine: 'misnamed', samples: 2 });
  const file = fileWith(at('misnamed.json'), zstdCompressSync(lines.join('\n').concat('\n')));
  expect((await upload(file)).stdout).toBe(`${file}: 2 samples stored\n`);
});

test('one file may hold many machines', async () => {
  const machines = ['many-a', 'many-b', 'many-c'];
  const file = fileWith(
    at('many.json'),
    machines.flatMap((machine) => collection({ machine, samples: 4 })),
  );
  const [uploaded] = (await pcd.json(['upload', file])) as Uploaded[];
  expect(uploaded?.reply).toMatchObject({ machines, samples: 12, stored: 12 });
  expect(await Promise.all(machines.map(samplesOf))).toEqual([4, 4, 4]);
});

test('--identifier names the machine where the collection does not, and only there', async () => {
  const bare = fileWith(at('bare.json'), [`{"timestamp":${START},"fields":{"cpu_user":1}}`]);
  const named = good('named');
  expect((await upload('--identifier', 'given', bare, named)).code).toBe(0);
  expect(await samplesOf('given')).toBe(1);
  expect(await samplesOf('named')).toBe(3);
});

test('a collection that does not say whose it is is refused with what to do', async () => {
  const file = fileWith(at('nobodys.json'), [`{"timestamp":${START},"fields":{"cpu_user":1}}`]);
  const { code, stdout, stderr } = await upload(file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `${file}: nothing stored\n` });
  expect(stderr).toMatch(/does not say which machine it is of; .*pcctl upload --identifier/);
});

test('an identifier that no machine can have is refused', async () => {
  const { code, stderr } = await upload('--identifier', 'a/b', good('fine'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/the identifier "a\/b" cannot be used; expected letters/);
});

/** Each of these is exit code 1 and a sentence, and the good files around it are stored all the same. */
const failing: readonly [string, () => string, RegExp][] = [
  ['a missing file', () => at('missing.json'), /cannot read .*missing\.json: no such file or directory/],
  ['an empty file', () => fileWith(at('empty.json'), ''), /refused: \w+ \w+ \w+/],
  ['blank lines', () => fileWith(at('blank.json'), '\n\n \n'), /refused: \w+ \w+ \w+/],
  ['noise', () => fileWith(at('noise'), Buffer.from([0, 255, 10, 7, 200, 10])), /line 1 was left out: not JSON/],
  ['a picture', () => fileWith(at('p.png'), '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n'), /line 1 was left out: not JSON/],
  [
    'gzip that is none',
    () => fileWith(at('bad.gz'), Buffer.from('1f8b0800ffffffffffffff', 'hex')),
    /packed data, from byte 0 on, were left out/,
  ],
  [
    'a wrong clock',
    () => fileWith(at('clock.json'), collection({ machine: 'clock', samples: 1, start: 86_400 }).slice(1)),
    /its timestamp 86400 is 1970-01-02/,
  ],
];

test.each(failing)('%s does not keep the files around it from being sent', async (name, make, sentence) => {
  const machine = (side: string) => `${side}-${name.replaceAll(' ', '-')}`;
  const [before, bad, after] = [good(machine('before')), make(), good(machine('after'))];
  const { code, stdout, stderr } = await upload(before, bad, after);
  expect(code).toBe(1);
  expect(stdout).toBe(`${before}: 3 samples stored\n${bad}: nothing stored\n${after}: 3 samples stored\n`);
  expect(stderr).toMatch(sentence);
  expect(stderr).toContain(`pcctl: ${bad}: `);
  expect(stderr).not.toContain('unexpected error');
});

test('--json of files of which some failed is whole', async () => {
  const [fine, missing] = [good('json-fine'), at('json-missing')];
  const { code, stdout } = await upload('--json', missing, fine);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    { file: missing, problems: [expect.stringContaining('no such file or directory')] },
    { file: fine, reply: expect.objectContaining({ stored: 3 }), problems: [] },
  ]);
});

test('of a torn file everything but its last line is stored, and the bytes that were left out are told', async () => {
  const text = collection({ machine: 'torn', samples: 5 }).join('\n');
  const file = fileWith(at('torn.json'), text.slice(0, -20));
  const last = text.slice(0, -20).split('\n').at(-1) ?? '';
  const { code, stdout, stderr } = await upload(file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `${file}: 4 samples stored\n` });
  expect(stderr).toBe(`pcctl: ${file}: the last ${last.length} bytes are an unfinished line and were left out\n`);
});

test.each(packings)('of a packed file (.%s) that is cut off what can be unpacked is stored', async (suffix, pack) => {
  const half = Array.from({ length: 2000 }, (_, seq) =>
    JSON.stringify({ timestamp: START + seq, tags: { machine_id: `cut-${suffix}` }, fields: { a: Math.sin(seq) } }),
  );
  const packed = pack(Buffer.from(half.join('\n').concat('\n')));
  const file = fileWith(at(`cut.${suffix}`), packed.subarray(0, packed.length - 2000));
  const { code, stderr } = await upload(file);
  expect(code).toBe(1);
  expect(stderr).toMatch(/unfinished line|cut off/);
  const stored = await samplesOf(`cut-${suffix}`);
  expect(stored).toBeGreaterThan(0);
  expect(stored).toBeLessThan(2000);
});

test('a bad line in the middle is told by its number, and the rest is stored', async () => {
  const lines = collection({ machine: 'middle', samples: 5 });
  const file = fileWith(at('middle.json'), [...lines.slice(0, 3), '{"timestamp":', ...lines.slice(3)]);
  const { code, stdout, stderr } = await upload(file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `${file}: 5 samples stored\n` });
  expect(stderr).toBe(`pcctl: ${file}: line 4 was left out: not JSON: "{\\"timestamp\\":"\n`);
});

test('a large upload with a wrong key is refused by its sentence, not by a broken connection', async () => {
  const line = JSON.stringify({ timestamp: START, tags: { machine_id: 'big' }, fields: { label: 'x'.repeat(1000) } });
  const file = fileWith(at('big.json'), `${line}\n`.repeat(20_000));
  const { code, stderr } = await pcd.pcctl(['upload', file], { env: { PCCTL_APIKEY: 'sesame-sesame' } });
  expect(code).toBe(1);
  expect(stderr).toContain('the API key is not valid');
  expect(stderr).not.toContain('sesame');
});

const real: readonly [string, number][] = [
  ['azure-cpuinfo/loadtest-cpuinfo.json', 18],
  ['containers/container_collection.json', 127],
  ['azure-suse/pcc_collection.json', 132],
];

describe.skipIf(!hasUpstream)('files that perfcollector2 wrote', () => {
  test.each(real)('%s is stored whole: %d samples', async (name, samples) => {
    const machine = name.split('/')[0] ?? '';
    expect(await upload('--identifier', machine, upstream(name))).toEqual({
      code: 0,
      stdout: `${upstream(name)}: ${samples} samples stored\n`,
      stderr: '',
    });
    expect(await samplesOf(machine)).toBe(samples);
  });

  test('packed ones are the same samples: nothing of them is new', async () => {
    const [name, samples] = ['containers/container_collection.json', 127];
    const bytes = readFileSync(upstream(name));
    const packed = packings.map(([suffix, pack]) => fileWith(at(`upstream.${suffix}`), pack(bytes)));
    const identified = ['--identifier', 'same'];
    expect((await upload(...identified, upstream(name))).code).toBe(0);
    const { code, stdout } = await upload(...identified, ...packed);
    expect(code).toBe(0);
    for (const file of packed) expect(stdout).toContain(`${file}: 0 samples stored, ${samples} were there already\n`);
    expect(await samplesOf('same')).toBe(samples);
  });

  test('a cut-off one is stored up to its last whole measurement', async () => {
    const bytes = readFileSync(upstream('azure-cpuinfo/loadtest-cpuinfo.json'));
    const { code, stderr } = await upload(
      '--identifier',
      'cut-real',
      fileWith(at('cut-real.json'), bytes.subarray(0, (bytes.length >> 1) - 1000)),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/the last \d+ bytes are an unfinished line/);
    const stored = await samplesOf('cut-real');
    expect(stored).toBeGreaterThan(5);
    expect(stored).toBeLessThan(18);
  });
});

test('a directory does not keep the files around it from being sent by the installed program', () => {
  const folder = at('folder');
  mkdirSync(folder);
  fileWith(join(folder, 'x.json'), collection({ machine: 'in-folder', samples: 1 }));
  const [before, after] = [good('before-folder'), good('after-folder')];
  const env = { ...process.env, PCD_HOME: pcd.home, PCCTL_SERVER: pcd.url };
  const argv = ['upload', before, folder, after];
  const { status, stdout, stderr } = spawnSync(bin('pcctl'), argv, { env, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toBe(`${before}: 3 samples stored\n${folder}: nothing stored\n${after}: 3 samples stored\n`);
  expect(stderr).toBe(`pcctl: ${folder}: cannot read ${folder}: it is a directory\n  Name a file.\n`);
});
