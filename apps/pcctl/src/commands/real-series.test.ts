import { join } from 'node:path';
import type { contract } from '@perfcollector/api';
import { beforeAll, expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';
import type { Member } from '../top/fleet.ts';

const directory = tempDir();
const pcd = await startPcd();

beforeAll(async () => {
  for (const machine of ['web01', 'web02'])
    await pcd.pcctl(['upload', fileWith(join(directory, 'c.json'), collection({ machine, samples: 120 }))]);
});

// The fixture's machine spends 100 ticks a second in user mode and 300 idle.
test('top works out of what a pcd has stored how busy each machine is', async () => {
  const members = (await pcd.json(['top', '--sort', 'name'])) as Member[];
  expect(members.map(({ id, state }) => [id, state])).toEqual([
    ['web01', 'live'],
    ['web02', 'live'],
  ]);
  for (const { cpu, memory, disk, net_bytes } of members) {
    expect(cpu).toBeCloseTo(25, 5);
    expect([memory, disk, net_bytes]).toEqual([null, null, null]);
  }
  expect((await pcd.pcctl(['top'])).stdout).toMatch(/^web01 +live +\d+s +25\.0 +- /m);
});

test('series shows what a pcd has stored', async () => {
  const range = ['--from', String(START), '--to', String(START + 119), '--points', '4'];
  const found = (await pcd.json(['series', 'web01', 'cpu_user', 'mem_free', ...range])) as contract.SeriesReply;
  expect(found.series.map(({ field, kind }) => [field, kind]).toSorted()).toEqual([
    ['cpu_user', 'counter'],
    ['mem_free', 'gauge'],
  ]);
  const counter = found.series.find(({ kind }) => kind === 'counter');
  for (const rate of counter?.kind === 'counter' ? counter.rate : []) expect(rate ?? 100).toBeCloseTo(100, 5);
  const { code, stdout } = await pcd.pcctl(['series', 'web01', 'cpu_*', '--format', 'chart', ...range]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^cpu_idle \(ticks\/s\) min 300, mean 300, max 300$/m);
});
