import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const strangerEnv = { PCD_HOME: join(directory, 'nobody-home') };

test('ping says how long the way is and how far the clocks are apart', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['ping']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^http:\S+ answers in \d+ ms; its clock is \d+ ms (behind|ahead of) ours\n$/);
  expect(stdout.startsWith(`${pcd.url} `)).toBe(true);
});

test('ping gives the same as numbers: milliseconds, of two clocks that are one', async () => {
  const found = (await pcd.json(['ping'])) as { round_trip_ms: number; clock_offset_ms: number };
  expect(found).toEqual({ server: pcd.url, round_trip_ms: expect.any(Number), clock_offset_ms: expect.any(Number) });
  expect(found.round_trip_ms).toBeGreaterThanOrEqual(0);
  expect(Math.abs(found.clock_offset_ms)).toBeLessThan(60_000);
});

test('ping and version need no key', async () => {
  for (const name of ['ping', 'version']) expect((await pcd.pcctl([name], { env: strangerEnv })).code).toBe(0);
});

test('an address with a slash behind it is the same address', async () => {
  const { code } = await pcd.pcctl(['version', '--server', `${pcd.url}/`]);
  expect(code).toBe(0);
});

test('version is that of the server and of its contract', async () => {
  expect((await pcd.pcctl(['version'])).stdout).toMatch(/^pcd \d+\.\d+\.\d+, API v1\n$/);
  expect(await pcd.json(['version'])).toEqual({ name: 'pcd', version: expect.stringMatching(/^\d/), api: 'v1' });
});

test('status counts what the server keeps, from nothing on', async () => {
  const empty = { tenant: 'default', machines: 0, samples: 0, first: null, last: null };
  expect(await pcd.json(['status'])).toMatchObject(empty);
  expect((await pcd.pcctl(['status'])).stdout).toMatch(/^oldest +never$/m);
  const file = fileWith(join(directory, 'm.json'), collection({ machine: 'm', samples: 5 }));
  expect((await pcd.pcctl(['upload', file])).code).toBe(0);
  expect(await pcd.json(['status'])).toMatchObject({ machines: 1, samples: 5, first: START, last: START + 4 });
  const { stdout } = await pcd.pcctl(['status']);
  expect(stdout).toMatch(/^machines +1\nsamples +5\noldest +2026-01-09 18:10:48\nnewest +2026-01-09 18:10:52$/m);
  expect(stdout).toMatch(/^store +sqlite, [\d.]+ [KM]iB$/m);
});

test('status without a key is refused, and says what to do', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['status'], { env: strangerEnv });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `pcctl: ${pcd.url} refused: this needs an API key; send it in the X-API-Key header\n  Give a key, by its variable or --apikey-file.\n`,
  );
});
