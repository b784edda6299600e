import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { collection, fileWith, runPcctl, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const other = await startPcd();
const SAMPLES = 40;

beforeAll(async () => {
  const file = fileWith(join(directory, 'm.json'), collection({ machine: 'web01', samples: SAMPLES }));
  expect((await pcd.pcctl(['upload', file])).code).toBe(0);
});

/** The installed program, which ends with all its threads. */
function offline(argv: readonly string[]) {
  const env = { ...process.env, PCCTL_SERVER: 'http://127.0.0.1:9' };
  const { status, stdout, stderr } = spawnSync(bin('pcctl'), argv, { env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** A home that holds a backup of the server's store, as a person would put one back. */
async function homeOfBackup(name: string): Promise<string> {
  const home = join(directory, name);
  mkdirSync(home);
  expect((await pcd.pcctl(['backup', '-o', join(home, 'pcd.sqlite')])).code).toBe(0);
  return home;
}

test('verify reads a whole store and says that all is well', async () => {
  expect(await pcd.json(['verify'])).toMatchObject({ machines: 1, samples: SAMPLES, problems: [] });
  const { code, stdout, stderr } = await pcd.pcctl(['verify']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^read 1 machines, 40 samples, \d+ chunks: all is well\n$/);
});

test('what verify finds is exit code 1, each problem a sentence', async () => {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ machines: 1, samples: 2, chunks: 3, problems: ['chunk 7 cannot be decoded'] })),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await runPcctl(['verify', '--server', url])).toEqual({
    code: 1,
    stdout: 'read 1 machines, 2 samples, 3 chunks: 1 problems\n',
    stderr: 'pcctl: chunk 7 cannot be decoded\n',
  });
});

test('a backup comes into a file for its owner alone, and holds everything', async () => {
  const home = await homeOfBackup('of-backup');
  expect(statSync(join(home, 'pcd.sqlite')).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(['pcd.sqlite']);
  const { code, stdout } = offline(['verify', '--home', home, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ machines: 1, samples: SAMPLES, problems: [] });
});

test('without a file the server keeps the backup in its home', async () => {
  const made = (await pcd.json(['backup', '--name', 'before-upgrade'])) as { path: string; bytes: number };
  expect(made).toEqual({
    path: join(pcd.home, 'backups', 'before-upgrade.sqlite'),
    bytes: expect.any(Number),
    on: 'server',
  });
  expect(statSync(made.path).size).toBe(made.bytes);
});

test('a home is backed up without a server', async () => {
  const home = await homeOfBackup('to-back-up');
  const output = join(directory, 'offline.sqlite');
  const { code, stdout } = offline(['backup', '--home', home, '-o', output]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^the backup is in .*offline\.sqlite: /) });
  expect(statSync(output).mode & 0o777).toBe(0o600);
  const again = join(directory, 'again');
  mkdirSync(again);
  cpSync(output, join(again, 'pcd.sqlite'));
  expect(offline(['verify', '--home', again]).code).toBe(0);
});

test.each([['verify'], ['backup', '-o', join(directory, 'never.sqlite')]])(
  'a home that a pcd uses is refused, and what to do is said (%s)',
  async (...argv) => {
    const { code, stdout, stderr } = offline([...argv, '--home', pcd.home]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`pcctl: cannot use the store ${join(pcd.home, 'pcd.sqlite')}: `);
    expect(stderr).toContain('\n  A pcd uses this home: ask it, without --home, or stop it first.\n');
    expect(readdirSync(directory)).not.toContain('never.sqlite');
  },
);

test('a home without a store is told, and none is made', async () => {
  const empty = join(directory, 'empty');
  mkdirSync(empty);
  const { code, stderr } = offline(['verify', '--home', empty]);
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot find the store ${join(empty, 'pcd.sqlite')}: no such file or directory`);
  expect(readdirSync(empty)).toEqual([]);
});

test.for([
  ['is none', 'noise '.repeat(5000)],
  ['is empty', ''],
] as const)('a store that %s is told, and stays as it is', ([, content]) => {
  const home = mkdtempSync(join(directory, 'no-store-'));
  writeFileSync(join(home, 'pcd.sqlite'), content);
  const { code, stderr } = offline(['verify', '--home', home]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/cannot use the store .*\n {2}Move it away.*put a backup in its place\./);
  expect(readFileSync(join(home, 'pcd.sqlite'), 'utf8')).toBe(content);
});

test('prune deletes what is old, and vacuum gives its space back', async () => {
  const old = fileWith(join(directory, 'old.json'), collection({ machine: 'old', samples: 10 }));
  const start = Math.floor(Date.now() / 1000) - 60;
  const fresh = fileWith(join(directory, 'new.json'), collection({ machine: 'new', samples: 10, start }));
  await other.pcctl(['upload', old, fresh]);
  const { code, stdout } = await other.pcctl(['prune', '--raw', '1h']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^deleted 10 samples and \d+ roll-ups; the store took .* and takes .*iB\n$/);
  expect(await other.json(['status'])).toMatchObject({ samples: 10 });
  expect((await other.pcctl(['vacuum'])).stdout).toMatch(/^the store took .*iB and takes .*iB\n$/);
});

const misuse: readonly [string[], string][] = [
  [['prune'], 'nothing says what shall be deleted\n  Say how long samples are kept, such as --raw 30d.'],
  [['prune', '--rollups', '1m=x'], '"x" is no age; expected one such as 90d'],
  [['prune', '--rollups', '2m=9d'], '"2m" is no step of a roll-up; expected 1m, 5m, 1h'],
  [['prune', '--size', '5MB'], '"5MB" is no size'],
  [['backup', '--home', directory], 'a backup of a home needs a file\n  Name it: -o pcd-backup.sqlite'],
];

test.each(misuse)('%j is exit code 2', async (argv, sentence) => {
  const { code, stderr } = await pcd.pcctl(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('openapi prints the description of the requests', async () => {
  const { code, stdout } = await pcd.pcctl(['openapi']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ openapi: expect.stringMatching(/^3\./), paths: { '/v1/trickle': {} } });
});
