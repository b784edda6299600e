import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { header, runPcprocess, START, sample, tablesIn, testPlace } from '../test-run.ts';
import { mergeByTime, type Stream } from './in-order.ts';

const place = testPlace();

interface Marked {
  readonly timestamp: number;
  readonly of: number;
}

interface Opened {
  readonly streams: Stream<Marked>[];
  /** How many streams are open, and the most that ever were. */
  readonly count: { now: number; most: number };
}

/** A stream for each list of times, in pieces of two; each says which list it is of. */
function streamsOf(lists: readonly (readonly number[])[]): Opened {
  const count = { now: 0, most: 0 };
  async function* read(times: readonly number[], at: number): AsyncGenerator<Marked[]> {
    count.now += 1;
    count.most = Math.max(count.most, count.now);
    const marked = times.map((timestamp) => ({ timestamp, of: at }));
    for (let start = 0; start < marked.length; start += 2) yield marked.slice(start, start + 2);
    count.now -= 1;
  }
  const streams = lists.flatMap((times, at) =>
    times.length === 0 ? [] : [{ first: Math.min(...times), open: () => read(times, at) }],
  );
  return { streams, count };
}

async function merged({ streams }: Opened): Promise<{ time: number; of: number }[]> {
  const all = (await Array.fromAsync(mergeByTime(streams))).flat();
  return all.map(({ timestamp, of }) => ({ time: timestamp, of }));
}

test('sorted streams become one sorted stream that has every sample of each', async () => {
  const list = fc.array(fc.nat({ max: 50 }), { maxLength: 12 }).map((times) => times.toSorted((a, b) => a - b));
  const law = fc.asyncProperty(fc.array(list, { maxLength: 6 }), async (lists) => {
    const all = await merged(streamsOf(lists));
    expect(all.map(({ time }) => time)).toEqual(lists.flat().toSorted((a, b) => a - b));
    for (const [at, times] of lists.entries())
      expect(all.filter(({ of }) => of === at).map(({ time }) => time)).toEqual(times);
  });
  await fc.assert(law);
});

test('streams that are out of order lose nothing, and each keeps its own order', async () => {
  const lists = fc.array(fc.array(fc.nat({ max: 50 }), { maxLength: 12 }), { maxLength: 6 });
  const law = fc.asyncProperty(lists, async (unsorted) => {
    const all = await merged(streamsOf(unsorted));
    for (const [at, times] of unsorted.entries())
      expect(all.filter(({ of }) => of === at).map(({ time }) => time)).toEqual(times);
  });
  await fc.assert(law);
});

test('streams that follow one another are open one at a time', async () => {
  const opened = streamsOf([
    [7, 8, 9],
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect((await merged(opened)).map(({ time }) => time)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(opened.count).toEqual({ now: 0, most: 1 });
});

test('no streams are no samples', async () => {
  expect(await merged(streamsOf([]))).toEqual([]);
});

const RUN = 'r';
const head = header(RUN);
const samples = Array.from({ length: 24 }, (_, seq) =>
  sample(START + 10 * seq, { disk_sda_reads: seq * seq, cpu_user: seq, cpu_idle: 2 * seq }, { run: RUN, seq }),
);
const late = sample(START + 240, { disk_sdb_reads: 5 }, { run: RUN, seq: 24 });

async function csvOf(files: readonly string[]): Promise<{ csv: string; stdout: string }> {
  const outdir = place.dir();
  const { code, stdout, stderr } = await runPcprocess([...files, '--outdir', outdir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(tablesIn(outdir)).toEqual(['m.csv']);
  return { csv: readFileSync(join(outdir, 'm.csv'), 'utf8'), stdout };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

const whole = await csvOf([place.file('whole.json', [head, ...samples, late])]);
const pieces = [samples.slice(0, 5), samples.slice(5, 12), samples.slice(12), [late]].map((lines, at) =>
  place.file(`piece-${at}.json`, [head, ...lines]),
);

test.each(permutations([0, 1, 2, 3]))('files in the order %d %d %d %d give the CSV of the whole', async (...order) => {
  const { csv } = await csvOf(order.map((at) => pieces[at] ?? ''));
  expect(csv).toBe(whole.csv);
});

test('files that overlap give the CSV of the whole, and say what was there twice', async () => {
  const overlapping = [samples.slice(10), samples.slice(0, 14), [late], samples.slice(3, 8)].map((lines, at) =>
    place.file(`overlap-${at}.json`, [head, ...lines]),
  );
  const { csv, stdout } = await csvOf(overlapping);
  expect(csv).toBe(whole.csv);
  expect(stdout).toContain('(9 duplicates left out)');
});

test('a file that is named twice is read once', async () => {
  const { csv, stdout } = await csvOf([pieces[0] ?? '', ...pieces]);
  expect(csv).toBe(whole.csv);
  expect(stdout).not.toContain('duplicates');
});

test('samples of two files that alternate stand in the order of time', async () => {
  const odd = place.file('odd.json', [head, ...samples.filter((_, at) => at % 2 === 1), late]);
  const even = place.file('even.json', [head, ...samples.filter((_, at) => at % 2 === 0)]);
  expect((await csvOf([odd, even])).csv).toBe(whole.csv);
});

test('runs one after the other, in files of their own or in one, give the same CSV', async () => {
  const second = Array.from({ length: 6 }, (_, seq) =>
    sample(START + 500 + 10 * seq, { disk_sda_reads: 1000 + seq, cpu_user: 50 + seq }, { run: 'later', seq }),
  );
  const [one, two] = [place.file('one.json', [head, ...samples]), place.file('two.json', [header('later'), ...second])];
  const both = place.file('both.json', [head, ...samples, header('later'), ...second]);
  const { csv } = await csvOf([both]);
  expect((await csvOf([one, two])).csv).toBe(csv);
  expect((await csvOf([two, one])).csv).toBe(csv);
});

test('streams that were opened are ended where the reading breaks off', async () => {
  const ended: number[] = [];
  async function* lines(place: number) {
    try {
      for (let timestamp = place; ; timestamp += 2) yield [{ timestamp }];
    } finally {
      ended.push(place);
    }
  }
  let count = 0;
  for await (const _ of mergeByTime([0, 1].map((first) => ({ first, open: () => lines(first) }))))
    if (++count === 5) break;
  expect(ended.toSorted()).toEqual([0, 1]);
});
