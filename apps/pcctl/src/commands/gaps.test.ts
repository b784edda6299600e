import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();

beforeAll(async () => {
  const lines = collection({ machine: 'web01', samples: 60 });
  // The fixture's samples begin at seq 0; those of ten seconds do not arrive.
  await pcd.pcctl(['upload', fileWith(join(directory, 'holed.json'), [...lines.slice(0, 21), ...lines.slice(31)])]);
  const later = collection({ machine: 'web01', samples: 5, start: START + 1000 });
  const other = later.map((line) => line.replaceAll('run-of-web01', 'a-later-run'));
  await pcd.pcctl(['upload', fileWith(join(directory, 'later.json'), other)]);
  await pcd.pcctl(['upload', fileWith(join(directory, 'whole.json'), collection({ machine: 'whole', samples: 9 }))]);
});

const inRun = { from: START + 19, to: START + 30, where: 'in a run', samples: 10 };
const between = { from: START + 59, to: START + 1000, where: 'between runs', samples: 940 };

test('the times without samples are listed, in a run and between runs', async () => {
  expect(await pcd.json(['gaps', 'web01'])).toEqual({ id: 'web01', gaps: [inRun, between], untold: 0, unnumbered: 0 });
  const { code, stdout } = await pcd.pcctl(['gaps', 'web01']);
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'LAST BEFORE          FIRST AFTER          LENGTH  SAMPLES  WHERE',
      '2026-01-09 18:11:07  2026-01-09 18:11:18  11s          10  in a run',
      '2026-01-09 18:11:47  2026-01-09 18:27:28  15m41s      940  between runs\n',
    ].join('\n'),
  );
});

test('--from and --to choose those that lie in a time, if only in part', async () => {
  const gapsOf = async (...argv: string[]) => ((await pcd.json(['gaps', 'web01', ...argv])) as { gaps: object[] }).gaps;
  expect(await gapsOf('--from', String(START + 40))).toEqual([between]);
  expect(await gapsOf('--to', String(START + 40))).toEqual([inRun]);
  expect(await gapsOf('--from', String(START + 2000))).toEqual([]);
});

test('where there are none, that is said', async () => {
  expect((await pcd.pcctl(['gaps', 'whole'])).stdout).toBe('whole: no gaps\n');
});

test('a machine that is not there is told', async () => {
  const { code, stderr } = await pcd.pcctl(['gaps', 'nobody']);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no machine "nobody"');
});

test('machines show tells in a line what is missing, and how many gaps there are', async () => {
  const { stdout } = await pcd.pcctl(['machines', 'show', 'web01']);
  expect(stdout).toMatch(/^complete +\d+(\.\d+)? %: \d+ of \d+ samples are missing$/m);
  expect(stdout).toMatch(/^gaps +2, see: pcctl gaps web01$/m);
  expect((await pcd.pcctl(['machines', 'show', 'whole'])).stdout).toMatch(/^gaps +none$/m);
  expect(await pcd.json(['machines', 'show', 'web01'])).toMatchObject({ gaps: [inRun, between] });
});
