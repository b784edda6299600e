import type { contract } from '@perfcollector/api';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { answering } from '../test-answers.ts';
import { runPcctl, START } from '../test-run.ts';

const reply: contract.SeriesReply = {
  ...{ id: 'web01', from: START, to: START + 40, step: 10, resolution: 'raw' },
  times: [START, START + 10, START + 20, START + 30],
  series: [
    {
      ...{ field: 'mem_free', unit: 'KiB', kind: 'gauge' },
      ...{ min: [1, 2, null, 4], mean: [2, 3, null, 7], max: [3, 4, null, 90] },
    },
    { field: 'cpu_user', unit: 'ticks', kind: 'counter', increase: [100, 50, 0, null], rate: [10, 5, 0, null] },
  ],
};

async function series(argv: readonly string[], answer: object = reply, env: Readonly<Record<string, string>> = {}) {
  const { url, asked } = await answering(() => answer);
  const ran = await runPcctl(['series', ...argv], { env: { PCCTL_SERVER: url, PCD_HOME: '/nowhere', ...env } });
  return { ...ran, query: Object.fromEntries(asked[0]?.searchParams ?? []), path: asked[0]?.pathname };
}

test('fields, time and steps are asked for as they are given', async () => {
  const argv = ['web01', 'mem_free', 'disk_*_reads,cpu_user', '--from', '100', '--to', '200', '--points', '7'];
  const { path, query } = await series(argv);
  expect({ path, ...query }).toEqual({
    path: '/v1/machines/web01/series',
    fields: 'mem_free,disk_*_reads,cpu_user',
    from: '100',
    to: '200',
    points: '7',
  });
});

test('where output is no terminal it is a table: means of gauges, rates of counters', async () => {
  const { code, stdout } = await series(['web01', 'x']);
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'TIME                 mem_free KiB  cpu_user ticks/s',
      '2026-01-09 18:10:48  2             10',
      '2026-01-09 18:10:58  3             5',
      '2026-01-09 18:11:08  -             0',
      '2026-01-09 18:11:18  7             -\n',
    ].join('\n'),
  );
});

test('as CSV each step of each field is a row, NA where there is nothing', async () => {
  const { stdout } = await series(['web01', 'x', '--format', 'csv']);
  const rows = parse(stdout, { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(8);
  expect(rows[3]).toEqual({
    ...{ timestamp: String(START + 30), machine_id: 'web01', field: 'mem_free', unit: 'KiB', kind: 'gauge' },
    ...{ min: '4', mean: '7', max: '90', increase: 'NA', rate: 'NA' },
  });
  expect(rows[2]).toMatchObject({ min: 'NA', mean: 'NA', max: 'NA' });
  expect(rows[4]).toMatchObject({ field: 'cpu_user', min: 'NA', increase: '100', rate: '10' });
});

test('as a chart it has the unit, least, mean and most, and the time below; without UTF-8 it is ASCII', async () => {
  const { stdout } = await series(['web01', 'x', '--format', 'chart']);
  expect(stdout).toContain('mem_free (KiB) min 1, mean 4, max 90\n');
  expect(stdout).toContain('cpu_user (ticks/s) min 0, mean 5, max 10\n');
  expect(stdout.match(/2026-01-09 18:10:48 +2026-01-09 18:11:28$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^[ -~\n]+$/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const braille = await series(['web01', 'x', '--format', 'chart'], reply, { LANG: 'de_DE.UTF-8' });
  expect(braille.stdout).toMatch(/[⠀-⣿]/u);
  expect(Number(braille.query.points)).toBeGreaterThan(100);
});

test('--json gives what the server gave', async () => {
  expect(JSON.parse((await series(['web01', 'x', '--json'])).stdout)).toEqual(reply);
});

test('fields that the machine does not have are told', async () => {
  const { code, stdout, stderr } = await series(['web01', 'cpu_usr'], { ...reply, series: [] });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('web01 has no field cpu_usr in this time\n  See which fields there are: pcc sources');
});

test.each(['0', '-1', '1.5', 'x', '10001'])('--points %s is refused', async (points) => {
  const { code, stderr } = await series(['web01', 'x', `--points=${points}`]);
  expect(code).toBe(2);
  expect(stderr).toContain('is no number of steps; expected 1 to 10000');
});
