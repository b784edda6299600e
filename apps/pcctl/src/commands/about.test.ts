import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';
import { summaryOf } from './ping.ts';

const directory = tempDir();
const pcd = await startPcd();
const strangerEnv = { PCD_HOME: join(directory, 'nobody-home') };

test('ping says how long the way is and how far the clocks are apart', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['ping']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^http:\S+ answers in [\d.]+ ms; its clock is [\d.]+ ms (behind|ahead of) ours\n$/);
  expect(stdout.startsWith(`${pcd.url} `)).toBe(true);
});

test('ping gives the same as numbers: milliseconds, of two clocks that are one', async () => {
  const found = (await pcd.json(['ping', '-n', '5'])) as {
    pings: number;
    round_trip_ms: { min: number; mean: number; max: number };
    clock_offset_ms: number;
  };
  const { min, mean, max } = found.round_trip_ms;
  expect(found).toMatchObject({ server: pcd.url, pings: 5 });
  expect([0, min, mean, max].toSorted((a, b) => a - b)).toEqual([0, min, mean, max]);
  expect(Math.abs(found.clock_offset_ms)).toBeLessThan(60_000);
});

test('several pings are summed up', async () => {
  const { stdout } = await pcd.pcctl(['ping', '-n', '3']);
  expect(stdout).toMatch(/answers in min [\d.]+, mean [\d.]+, max [\d.]+ ms \(3 times\); its clock is /);
  expect((await pcd.pcctl(['ping', '-n', '0'])).stderr).toContain('"0" is no number of pings; expected 1 to 99999');
});

test("the quickest trip tells the clocks' difference", () => {
  const trips = [
    { ms: 90, offset_ms: 3_600_040 },
    { ms: 10, offset_ms: 3_600_000.04 },
    { ms: 50, offset_ms: 3_599_980 },
  ];
  expect(summaryOf(trips)).toEqual({
    pings: 3,
    round_trip_ms: { min: 10, mean: 50, max: 90 },
    clock_offset_ms: 3_600_000,
  });
});

test('health fails where the server does not answer, and tells', async () => {
  expect((await pcd.pcctl(['health'])).stdout).toBe(`${pcd.url} stores and reads\n`);
  const { code, stderr } = await pcd.pcctl(['health', '--server', 'http://127.0.0.1:1']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcctl: cannot reach http:\/\/127\.0\.0\.1:1/);
});

test('ping, health and version need no key', async () => {
  for (const name of ['ping', 'health', 'version'])
    expect((await pcd.pcctl([name], { env: strangerEnv })).code).toBe(0);
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
  expect(stdout).toMatch(
    /^machines +1 \(1 live, 0 late, 0 gone\)\nsamples +5\noldest +2026-01-09 18:10:48\nnewest +2026-01-09 18:10:52$/m,
  );
  expect(stdout).toMatch(/^store +sqlite, [\d.]+ [KM]iB$/m);
  expect(stdout).toMatch(/^receiving +[\d.]+ samples, \d+ values a second$/m);
  expect(stdout).toMatch(/^disk +[\d.]+ [KMGTP]iB free(, .* at the rate since the start)?$/m);
});

test('status without a key is refused, and says what to do', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['status'], { env: strangerEnv });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `pcctl: ${pcd.url} refused: this needs an API key; send it in the X-API-Key header\n  Give a key, by its variable or --apikey-file.\n`,
  );
});
