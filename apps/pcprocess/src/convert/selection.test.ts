import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, tablesIn, testPlace } from '../test-run.ts';

const place = testPlace();

async function converted(files: readonly string[], ...argv: string[]) {
  const outdir = place.dir();
  const { code, stdout, stderr } = await runPcprocess([...files, '--outdir', outdir, ...argv]);
  return { code, stdout, stderr: stderr.replaceAll(`${files[0]}: `, '').trimEnd().split('\n'), outdir };
}

const tableOf = (outdir: string) => readFileSync(join(outdir, 'm.csv'), 'utf8');

/** A good line, and one whose head is good and whose fields are none. */
const good = (seq: number) => sample(START + 10 * seq, { disk_sda_reads: 7 * seq * seq }, { run: 'r', seq });
const bad = (seq: number) => good(seq).replace(/"disk_sda_reads":\d+/, '"disk_sda_reads":nul');
const untold = (line: number) => `pcprocess: line ${line} was left out: not JSON: `;

test.each([
  ['one', [2]],
  ['the first', [0]],
  ['the last', [9]],
  ['several, one behind the other', [3, 4, 5]],
  ['all but one', [0, 1, 2, 3, 5, 6, 7, 8, 9]],
])('bad fields in good lines are told once, and the rest is as if they were not there: %s', async (_, at) => {
  const seqs = Array.from({ length: 10 }, (_one, seq) => seq);
  const lines = [header('r'), ...seqs.map((seq) => (at.includes(seq) ? bad(seq) : good(seq)))];
  const without = [header('r'), ...seqs.filter((seq) => !at.includes(seq)).map(good)];
  const expected = await converted([place.file('c.json', without)]);
  for (const order of [(all: string[]) => all, (all: string[]) => all.toReversed()]) {
    const own = order(lines);
    const { code, stderr, outdir } = await converted([place.file('c.json', own)]);
    expect(code).toBe(1);
    const numbers = own.flatMap((line, number) => (line.includes('nul') ? [number + 1] : []));
    expect(stderr).toEqual(numbers.map((number) => expect.stringContaining(untold(number))));
    expect(tableOf(outdir)).toBe(tableOf(expected.outdir));
  }
});

test('a bad line beside a good one of the same time is told too', async () => {
  const lines = [header('r'), good(0), good(1), bad(1), good(2)];
  const { code, stderr, outdir } = await converted([place.file('c.json', lines)]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: [expect.stringContaining(untold(4))] });
  expect(readCsv(join(outdir, 'm.csv')).column('disk_sda_reads_per_second')).toEqual(['NA', '0.7', '2.1']);
});

test('bad lines of several files are told with the names of their files', async () => {
  const files = [
    place.file('a.json', [header('r'), good(0), bad(1), good(2)]),
    place.file('b.json', [bad(3), good(4), bad(5)]),
  ];
  const outdir = place.dir();
  const { stderr } = await runPcprocess([...files, '--outdir', outdir]);
  const told = stderr.split('\n').map((line) => /(\w)\.json: line (\d+) was/.exec(line)?.slice(1));
  expect(told.filter(Boolean)).toEqual([
    ['a', '3'],
    ['b', '1'],
    ['b', '3'],
  ]);
});

const lines = [header('r'), ...Array.from({ length: 10 }, (_, seq) => good(seq))];

test.each([0, 1, 4, 9])('--from and --to choose rows, which are the same as without them: from %i', async (from) => {
  const all = readCsv(join((await converted([place.file('c.json', lines)])).outdir, 'm.csv'));
  for (const to of [from + 1, 8, 10]) {
    const range = ['--from', String(START + 10 * from), '--to', String(START + 10 * to)];
    const expected = all.rows.slice(from, to);
    if (expected.length === 0) continue;
    for (const own of [lines, [lines[0] ?? '', ...lines.slice(1).toReversed()]]) {
      const { code, outdir } = await converted([place.file('c.json', own)], ...range);
      expect(code).toBe(0);
      expect(readCsv(join(outdir, 'm.csv')).rows).toEqual(expected);
    }
  }
});

test('a bad line before the first row that is asked for is not its base', async () => {
  const broken = [header('r'), good(0), good(1), bad(2), good(3), good(4)];
  const all = await converted([place.file('c.json', broken)]);
  const some = await converted([place.file('c.json', broken)], '--from', String(START + 30));
  expect(readCsv(join(some.outdir, 'm.csv')).rows).toEqual(readCsv(join(all.outdir, 'm.csv')).rows.slice(2));
  expect(some.stderr).toEqual(all.stderr);
});

test('fields that only lines before the first row have make no columns', async () => {
  const own = [
    header('r'),
    sample(START, { a: 1, b: 2 }, { run: 'r', seq: 0 }),
    sample(START + 10, { a: 3 }, { run: 'r', seq: 1 }),
  ];
  const { outdir } = await converted([place.file('c.json', own)], '--from', String(START + 10));
  expect(readCsv(join(outdir, 'm.csv')).columns).toEqual(['timestamp', 'machine_id', 'a']);
});

test('where no sample is of the time that is asked for, that is said', async () => {
  const { code, stderr } = await converted([place.file('c.json', lines)], '--from', String(START + 1000));
  expect(code).toBe(1);
  expect(stderr.join('\n')).toMatch(/between|--from|of the time/);
  expect(stderr.join('\n')).not.toContain('holds no sample');
});

test('--machine and --run choose samples; what else a file holds is no problem of it', async () => {
  const of = (machine: string, run: string) => [
    header(run, { identifier: machine }),
    sample(START, { a: 1 }, { machine, run, seq: 0 }),
  ];
  const files = [
    place.file('a.json', [...of('web01', 'aa1'), ...of('web02', 'bb1')]),
    place.file('b.json', of('db01', 'cc1')),
  ];
  const chosen: readonly [string[], string[]][] = [
    [['--machine', 'web01'], ['web01.csv']],
    [
      ['--machine', 'web*'],
      ['web01.csv', 'web02.csv'],
    ],
    [
      ['--machine', 'web01,db??'],
      ['db01.csv', 'web01.csv'],
    ],
    [['--run', 'bb'], ['web02.csv']],
    [
      ['--run', 'aa1,cc'],
      ['db01.csv', 'web01.csv'],
    ],
  ];
  for (const [argv, tables] of chosen) {
    const { code, stderr, outdir } = await converted(files, ...argv);
    expect({ argv, code, stderr, tables: tablesIn(outdir) }).toEqual({ argv, code: 0, stderr: [''], tables });
  }
  const { code, stderr } = await converted(files, '--machine', 'nobody');
  expect(code).toBe(1);
  expect(stderr.join('\n')).not.toContain('it holds no sample');
});

test('a header behind the samples of its run tells of them as one before them does', async () => {
  const cpu = (tick: number) => ({
    uptime: 1000 + tick * 10 + (tick > 1 ? 100 : 0),
    cpu0_user: tick * 100,
    cpu0_idle: tick * 900,
  });
  const lines = [0, 1, 2, 3].map((seq) =>
    sample(START + cpu(seq).uptime, { ...cpu(seq), disk_sda_reads: 5 * seq }, { run: 'r', seq }),
  );
  const before = await converted([place.file('c.json', [header('r'), ...lines])]);
  const behind = await converted([place.file('c.json', [...lines, header('r')])]);
  expect(readCsv(join(before.outdir, 'm.csv')).column('disk_sda_reads_per_second')).toEqual(['NA', '0.5', 'NA', '0.5']);
  expect(tableOf(behind.outdir)).toBe(tableOf(before.outdir));
});

test('the first row that is asked for goes on from the sample before it, wherever a piece of the file ends', async () => {
  const padding = 'x'.repeat(200_000);
  const lines = Array.from({ length: 12 }, (_, seq) =>
    sample(START + 10 * seq, { disk_sda_reads: 70 * seq, padding }, { run: 'r', seq }),
  );
  const path = place.file('c.json', lines);
  for (const first of lines.keys()) {
    if (first === 0) continue;
    const { outdir } = await converted([path], '--from', String(START + 10 * first), '--columns', 'disk_*');
    const rates = readCsv(join(outdir, 'm.csv')).column('disk_sda_reads_per_second');
    expect(rates).toEqual(Array.from({ length: 12 - first }, () => '7'));
  }
});

test('a field that only a line has that is none makes no column', async () => {
  const only = (rest: string) => good(1).replace('}}', `,"ghost":1${rest}`);
  for (const line of [only(',"mem_free":oops}}'), only('}}}')]) {
    const { outdir } = await converted([place.file('c.json', [header('r'), good(0), line, good(2)])]);
    expect(readCsv(join(outdir, 'm.csv')).columns).not.toContain('ghost');
  }
  const late = [header('r'), good(0), only('}}}'), only('}}').replace('"seq":1', '"seq":2')];
  const { outdir } = await converted([place.file('c.json', late)]);
  expect(readCsv(join(outdir, 'm.csv')).column('ghost')).toEqual(['NA', '1']);
});
