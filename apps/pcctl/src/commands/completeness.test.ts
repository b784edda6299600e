import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();

/** Sends a run of 60 samples, a second apart, with the seqs 1 to 60; without some of them. */
async function send(machine: string, isLost: (seq: number) => boolean, fields: object = {}): Promise<void> {
  const [header = '', ...samples] = collection({ machine, samples: 61 }).map((line) => JSON.parse(line));
  const kept = samples.slice(1).filter(({ seq }) => !isLost(seq));
  const counted = kept.map((sample) => ({ ...sample, fields: { ...sample.fields, ...fields } }));
  await upload([header, ...counted].map((line) => JSON.stringify(line)));
}

async function upload(lines: readonly string[], ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await pcd.pcctl(['upload', ...more, fileWith(join(directory, 'c.json'), lines)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** What is printed below the table. */
async function sentences(machine: string, ...more: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await pcd.pcctl(['completeness', machine, ...more]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .slice(stdout.indexOf('\n\n') + 1)
    .trim()
    .split('\n');
}

test('a machine of which all arrived', async () => {
  await send('whole', () => false);
  const { code, stdout } = await pcd.pcctl(['completeness', 'whole']);
  expect(code).toBe(0);
  const cells = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(cells.slice(0, 2)).toEqual([
    ['RUN', 'AGENT', 'INTERVAL', 'SEQ', 'FIRST', 'LAST', 'EXPECTED', 'RECEIVED', 'MISSING', 'DUPLICATES'],
    ['run-of-whole', 'pcc 9.8.7', '1 s', '1–60', '2026-01-09 18:10:49', '2026-01-09 18:11:48', '60', '60', '0', '0'],
  ]);
  expect(await sentences('whole')).toEqual([
    'run run-of-whole: nothing is missing up to seq 60 (2026-01-09 18:11:48)',
    'whole: nothing is missing of 60 samples of 1 run',
  ]);
});

test('what is missing is named with its time, and is no failure; sent again, it is there', async () => {
  const isLost = (seq: number) => seq === 1 || (seq >= 41 && seq <= 52);
  await send('holed', isLost);
  expect(await sentences('holed')).toEqual([
    'run run-of-holed: missing 13 samples: seq 1 (2026-01-09 18:10:49), seq 41–52 (2026-01-09 18:11:29 to 2026-01-09 18:11:40)',
    'holed: 13 of 60 samples of 1 run are missing',
  ]);
  await send('holed', () => false);
  expect((await sentences('holed')).at(-1)).toBe('holed: nothing is missing of 60 samples of 1 run');
  expect(await pcd.json(['completeness', 'holed'])).toMatchObject({ total: { received: 60, duplicates: 47 } });
});

test("holes that the agent's own counters tell of are said to be as many", async () => {
  const agent = { pcc_missed_ticks: 3, pcc_dropped_samples: 1 };
  await send('late', (seq) => seq >= 20 && seq <= 23, agent);
  const [all] = await sentences('late');
  expect(all).toMatch(/; the agent says that it missed 3 ticks and dropped 1 sample itself, which is as many$/);
  await send('later', (seq) => seq >= 20 && seq <= 30, agent);
  const [some] = await sentences('later');
  expect(some).toMatch(/^run run-of-later: missing 11 samples: .*dropped 1 sample itself$/);
});

test('of many holes the first are told, and how many more there are', async () => {
  await send('sieve', (seq) => seq % 2 === 1);
  const [run] = await sentences('sieve');
  expect(run).toMatch(/missing 30 samples: seq 1 \(.*seq 19 \([^)]*\), and 20 more ranges$/);
  expect(await pcd.json(['completeness', 'sieve'])).toMatchObject({ runs: [{ missing_ranges: 30 }] });
});

test('samples without a number are not judged; a run without samples is said to have none', async () => {
  const bare = `{"timestamp":${START},"fields":{"a":1}}`;
  await upload([bare], '--identifier', 'bare');
  const { stdout } = await pcd.pcctl(['completeness', 'bare']);
  expect(stdout).toBe(
    'bare: no sample that has a run and seq, so what is missing cannot be told; 1 sample without run and seq is not judged\n',
  );
  const [header = ''] = collection({ machine: 'bare', samples: 0 });
  await upload([header, bare]);
  const { stdout: both } = await pcd.pcctl(['completeness', 'bare']);
  expect(both).toMatch(/^run-of-bare +pcc 9\.8\.7 +1 s +- +never +never +0 +0 +0 +0$/m);
  expect(both).toContain('run run-of-bare: no sample of it is stored\n');
});

test('--from and --to choose runs', async () => {
  await send('timed', () => false);
  const runs = async (...more: string[]) =>
    ((await pcd.json(['completeness', 'timed', ...more])) as { runs: { run: string }[] }).runs.map(({ run }) => run);
  expect(await runs('--from', '2026-01-09T18:11:00', '--to', '2026-01-10')).toEqual(['run-of-timed']);
  expect(await runs('--from', '2026-01-10')).toEqual([]);
  expect(await runs('--to', String(START))).toEqual([]);
  expect((await pcd.pcctl(['completeness', 'timed', '--from', '2026-01-10'])).stdout).toBe(
    'timed: no run lies in this time\n',
  );
});

test('a machine that is not there is exit code 1', async () => {
  const { code, stdout, stderr } = await pcd.pcctl(['completeness', 'nobody']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('there is no machine "nobody"');
});
