import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { canMount, smallDisk } from '@perfcollector/testing';
import { expect, onTestFinished, test } from 'vitest';
import { collection, fileWith, runPcctl, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();

/** Machine `m` has ten samples of the past; machine `now` has one of each of the last hours. */
const HOUR = 3600;
const nowSeconds = Math.floor(Date.now() / 1000);
await pcd.pcctl(['upload', fileWith(join(directory, 'm.json'), collection({ machine: 'm', samples: 10 }))]);
const recent = [50, 30, 10, 1].map((hours) => ({
  timestamp: nowSeconds - hours * HOUR,
  tags: { machine_id: 'now' },
  fields: { hours },
}));
await pcd.pcctl([
  'upload',
  fileWith(
    join(directory, 'now.json'),
    recent.map((sample) => JSON.stringify(sample)),
  ),
]);

type Line = { readonly timestamp?: number; readonly collection?: number; readonly fields?: Record<string, number> };

function linesOf(text: string): Line[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

async function exported(...argv: string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await pcd.pcctl(['export', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return linesOf(stdout);
}

const timesOf = (lines: Line[]) => lines.flatMap(({ fields, timestamp }) => (fields ? [timestamp] : []));
const hoursOf = (lines: Line[]) => lines.map(({ fields }) => fields?.hours);

/** A directory of its own for a test that looks at what is left in it. */
function place(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

test('the whole collection comes back, line for line as it was sent', async () => {
  const sent = collection({ machine: 'm', samples: 10 }).map((line) => JSON.parse(line) as Line);
  expect(await exported('m')).toEqual(sent);
});

test('what was exported can be sent again, and nothing of it is new', async () => {
  const file = join(directory, 'again.json');
  await pcd.pcctl(['export', 'm', '-o', file]);
  const [uploaded] = (await pcd.json(['upload', file])) as { reply: unknown }[];
  expect(uploaded?.reply).toMatchObject({ machines: ['m'], samples: 10, stored: 0, duplicates: 10 });
});

test('a file gets what standard output would', async () => {
  const file = join(directory, 'out.json');
  const { stdout } = await pcd.pcctl(['export', 'm']);
  for (const flag of ['-o', '--output'])
    expect(await pcd.pcctl(['export', 'm', flag, file])).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(file, 'utf8')).toBe(stdout);
});

test.each([
  ['Unix seconds', `${START + 3}`, `${START + 5}`],
  ['dates', '2026-01-09T18:10:51Z', '2026-01-09T18:10:53Z'],
  ['dates of another zone', '2026-01-09T13:10:51-05:00', '2026-01-09T20:10:53+02:00'],
  ['both', '2026-01-09T18:10:51.000Z', `${START + 5}.5`],
])('a range of %s includes its ends', async (_, from, to) => {
  expect(timesOf(await exported('m', '--from', from, '--to', to))).toEqual([START + 3, START + 4, START + 5]);
});

test('one end of a range is enough', async () => {
  expect(timesOf(await exported('m', '--from', `${START + 8}`))).toEqual([START + 8, START + 9]);
  expect(timesOf(await exported('m', '--to', `${START}`))).toEqual([START]);
  expect(timesOf(await exported('m', '--from', '2026-01-09'))).toHaveLength(10);
  expect(timesOf(await exported('m', '--to', '2026-01-09'))).toEqual([]);
});

test('a range can be told by how long ago it was', async () => {
  expect(hoursOf(await exported('now', '--from', '-24h'))).toEqual([10, 1]);
  expect(hoursOf(await exported('now', '--from', '-1d12h', '--to', '-2h'))).toEqual([30, 10]);
  expect(hoursOf(await exported('now', '--to', '-24h'))).toEqual([50, 30]);
});

test('a range without samples is no failure', async () => {
  expect(timesOf(await exported('m', '--from', '2026-02-01'))).toEqual([]);
});

test.each([
  ['--from', 'yesterday'],
  ['--to', '24h'],
])('%s %s is exit code 2 and names the flag', async (flag, value) => {
  const { code, stdout, stderr } = await pcd.pcctl(['export', 'm', flag, value]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(
    `pcctl: ${flag}: "${value}" is no time; expected Unix seconds, a date (2026-01-09T18:10:48Z), or how long ago (-24h)`,
  );
});

test('a range that ends before it begins is refused', async () => {
  const { code, stderr } = await pcd.pcctl(['export', 'm', '--from', '2026-02-01', '--to', '2026-01-01']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/refused: from \(\d+\) is after to \(\d+\)/);
});

test('an unknown machine is exit code 1 and leaves no file', async () => {
  const empty = place('unknown');
  const { code, stdout, stderr } = await pcd.pcctl(['export', 'nobody', '-o', join(empty, 'x.json')]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('there is no machine "nobody"; see the list of machines');
  expect(readdirSync(empty)).toEqual([]);
});

test('an unknown machine leaves the file that was there', async () => {
  const file = fileWith(join(directory, 'kept.json'), ['kept']);
  expect((await pcd.pcctl(['export', 'nobody', '-o', file])).code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
});

test('a directory in place of the file is told, and nothing is left beside it', async () => {
  const parent = place('parent');
  const target = join(parent, 'target');
  mkdirSync(target);
  const { code, stderr } = await pcd.pcctl(['export', 'm', '-o', target]);
  expect(code).toBe(1);
  expect(stderr).toBe(`pcctl: cannot write ${target}: it is a directory\n  Name a file.\n`);
  expect(readdirSync(parent)).toEqual(['target']);
  expect(statSync(target).isDirectory()).toBe(true);
});

test('a file in a directory that is not there is told', async () => {
  const file = join(directory, 'no-such-directory', 'x.json');
  const { code, stderr } = await pcd.pcctl(['export', 'm', '-o', file]);
  expect(code).toBe(1);
  expect(stderr).toBe(`pcctl: cannot write ${file}: no such file or directory\n  Check the path.\n`);
});

test.skipIf(!canMount)('a full disk is told; the file that was there stays, and no half one', async () => {
  const disk = smallDisk('size=64k');
  const filler = Array.from({ length: 300 }, (_, at) =>
    JSON.stringify({ timestamp: START + at, tags: { machine_id: 'large' }, fields: { label: 'x'.repeat(2000) } }),
  );
  await pcd.pcctl(['upload', fileWith(join(directory, 'large.json'), filler)]);
  const file = fileWith(join(disk, 'x.json'), ['kept']);
  const { code, stderr } = await pcd.pcctl(['export', 'large', '-o', file]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `pcctl: cannot write ${file}: the disk is full\n  Make room, or choose a path on another disk.\n`,
  );
  expect(readdirSync(disk)).toEqual(['x.json']);
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
});

/** A server that begins a collection and breaks off. */
async function breakingServer(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 1000, 'content-type': 'application/x-ndjson' });
    response.write('{"timestamp":1,"fields":{"a":1}}\n', () => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['export', 'm', '-o'],
  ['backup', '-o'],
])('a page of another server is no %s, and the file that was there stays', async (...command) => {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<html>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const file = join(place(`other-${command[0]}`), 'x');
  writeFileSync(file, 'kept\n');
  const env = { PCCTL_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, PCCTL_APIKEY: 'k' };
  const { code, stderr } = await runPcctl([...command, file], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('Something else than pcd answers there; check the address.');
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
});

test('a server that breaks off is told; the file that was there stays, and no half one', async () => {
  const kept = place('broken');
  const file = join(kept, 'x.json');
  writeFileSync(file, 'kept\n');
  const env = { PCCTL_SERVER: await breakingServer(), PCCTL_APIKEY: 'sesame-sesame' };
  const { code, stderr } = await runPcctl(['export', 'm', '-o', file], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('the server broke off in the middle of its answer');
  expect(stderr).not.toContain('sesame');
  expect(readdirSync(kept)).toEqual(['x.json']);
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
});

test('a server that breaks off is exit code 1 on standard output too', async () => {
  const env = { PCCTL_SERVER: await breakingServer(), PCCTL_APIKEY: 'sesame-sesame' };
  const { code, stderr } = await runPcctl(['export', 'm'], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('the server broke off in the middle of its answer');
});

test('an interrupted export leaves no file', async () => {
  const stop = new AbortController();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 1000, 'content-type': 'application/x-ndjson' });
    response.write('{"timestamp":1,"fields":{"a":1}}\n', () => stop.abort('SIGINT'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const empty = place('interrupted');
  const env = { PCCTL_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, PCCTL_APIKEY: 'k' };
  const { code } = await runPcctl(['export', 'm', '-o', join(empty, 'x.json')], { env, signal: stop.signal });
  expect(code).toBe(1);
  expect(readdirSync(empty)).toEqual([]);
});
