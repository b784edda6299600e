import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, tablesIn, testPlace } from './test-run.ts';

const place = testPlace();

type Fields = Record<string, number | string>;

/** What a host goes through in one tick. */
interface Tick {
  readonly kind: 'usual' | 'reset' | 'wrap' | 'missed' | 'unplugged' | 'boot' | 'word' | 'set back' | 'slow';
  readonly growth: number;
}

const tick: fc.Arbitrary<Tick> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Tick['kind']>('usual') },
    {
      weight: 5,
      arbitrary: fc.constantFrom<Tick['kind']>('reset', 'wrap', 'missed', 'unplugged', 'boot', 'word', 'slow'),
    },
  ),
  growth: fc.nat(1000),
});

/** The greatest growth of a counter in a tick of ten seconds. */
const MOST = 1000;
const TICK = 10;

/** The samples of one machine, run for run, as an agent would have written them. */
function linesOf(name: string, runs: readonly (readonly Tick[])[]): string[] {
  const state = {
    time: START,
    uptime: 5000,
    reads: 4_294_960_000,
    writes: 77,
    bytes: 2 ** 53 - 3000,
    user: 10,
    idle: 50,
  };
  return runs.flatMap((ticks, at) => linesOfRun({ name, run: `${name}-run${at}`, ticks }, state));
}

interface Run {
  readonly name: string;
  readonly run: string;
  readonly ticks: readonly Tick[];
}

function linesOfRun(
  { name, run, ticks }: Run,
  state: Record<'time' | 'uptime' | 'reads' | 'writes' | 'bytes' | 'user' | 'idle', number>,
): string[] {
  const lines = [header(run, { identifier: name, interval: TICK })];
  for (const [seq, { kind, growth }] of ticks.entries()) {
    state.time += kind === 'slow' ? 2 * TICK : TICK;
    state.uptime += kind === 'slow' ? 2 * TICK : TICK;
    state.reads = (state.reads + growth) % 2 ** 32;
    state.writes += growth;
    state.bytes += growth;
    state.user += growth % 7;
    state.idle += TICK * 100;
    if (kind === 'reset') Object.assign(state, { reads: growth, writes: 0, bytes: growth });
    if (kind === 'wrap') state.reads = growth;
    if (kind === 'boot') Object.assign(state, { uptime: 3, reads: 0, writes: 0, bytes: 0, user: 0, idle: 300 });
    if (kind === 'set back') state.time -= 5.5 * TICK;
    if (kind !== 'missed') lines.push(sample(state.time, fieldsOf(state, kind), { machine: name, run, seq }));
  }
  return lines;
}

function fieldsOf(state: Record<string, number>, kind: Tick['kind']): Fields {
  const { uptime = 0, reads = 0, writes = 0, bytes = 0, user = 0, idle = 0 } = state;
  const cpu = { cpu_user: user, cpu_nice: 0, cpu_system: 3, cpu_idle: idle };
  const disk = { disk_sda_reads: reads, disk_sda_writes: writes, disk_sda_io_ms: reads };
  const big = Number.isSafeInteger(bytes) ? bytes : String(bytes);
  const label = kind === 'word' ? { container_0123456789ab_name: 'a,"b"', mem_free: 'oops' } : { mem_free: user / 8 };
  return { uptime, ...cpu, ...(kind !== 'unplugged' && disk), net_eth0_rx_bytes: big, ...label };
}

async function converted(files: readonly string[], ...argv: string[]) {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([...files, '--outdir', outdir, ...argv]);
  return { code, stderr, outdir, content: contentOf(outdir) };
}

/** All tables in a directory, by name, and what is said of their cells. */
function contentOf(outdir: string): Record<string, string> {
  const names = [...tablesIn(outdir), 'quality.csv'];
  const tables = names.map((name) => [name, readFileSync(join(outdir, name), 'utf8')]);
  return Object.fromEntries(
    tables.map(([name = '', text = '']) => [name, name === 'quality.csv' ? sorted(text) : text]),
  );
}

/** In `quality.csv` the ranges of many machines stand in the order in which they ended. */
function sorted(text: string): string {
  return text.split('\n').toSorted().join('\n');
}

const setBack = fc.record({
  kind: fc.constantFrom<Tick['kind']>('usual', 'usual', 'usual', 'missed', 'set back'),
  growth: fc.nat(1000),
});
const ticks = fc.array(tick, { minLength: 1, maxLength: 8 });
const runs = fc.array(ticks, { minLength: 1, maxLength: 2 });
const collection = fc
  .array(runs, { minLength: 1, maxLength: 2 })
  .map((all) => all.flatMap((own, at) => linesOf(`m${at}`, own)))
  .filter((lines) => lines.some((line) => line.includes('"fields"')));

test('no rate is negative or more than what moved, whatever happened', async () => {
  const law = fc.asyncProperty(collection, async (lines) => {
    const { code, outdir } = await converted([place.file('c.json', lines)]);
    expect(code).toBe(0);
    for (const name of tablesIn(outdir)) {
      const { columns, rows } = readCsv(join(outdir, name));
      for (const column of columns.filter((one) => one.endsWith('_per_second')))
        for (const row of rows) {
          if (row[column] === 'NA') continue;
          expect(Number(row[column])).toBeGreaterThanOrEqual(0);
          expect(Number(row[column])).toBeLessThanOrEqual(MOST / TICK);
        }
    }
  });
  await fc.assert(law, { numRuns: 15 });
});

test('where the clock was set back, the same, with a boot clock and without', async () => {
  const bent = fc.array(setBack, { minLength: 3, maxLength: 15 }).map((own) => linesOf('m0', [own]));
  const law = fc.asyncProperty(bent, fc.boolean(), async (own, isBlind) => {
    const seen = isBlind ? own.map((line) => line.replace(/"uptime":\d+,/, '')) : own;
    const { outdir } = await converted([place.file('c.json', seen)]);
    for (const name of tablesIn(outdir))
      for (const rate of readCsv(join(outdir, name)).column('disk_sda_reads_per_second'))
        if (rate !== 'NA') expect(Number(rate)).toBeLessThanOrEqual(MOST / TICK);
  });
  await fc.assert(law, { numRuns: 15 });
});

test('lines in any order give the same tables', async () => {
  const law = fc.asyncProperty(
    collection.chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length }))),
    async ([lines, shuffled]) => {
      const expected = await converted([place.file('c.json', lines)]);
      const found = await converted([place.file('c.json', shuffled)]);
      expect(found.content).toEqual(expected.content);
    },
  );
  await fc.assert(law, { numRuns: 15 });
});

test('lines in any order give the same table where the clock was set back in a run, too', async () => {
  const lines = fc
    .array(setBack, { minLength: 3, maxLength: 15 })
    .map((own) => linesOf('m0', [[{ kind: 'usual', growth: 1 }, ...own]]));
  const law = fc.asyncProperty(
    lines.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
    async ([all, shuffled]) => {
      const expected = await converted([place.file('c.json', all)]);
      const found = await converted([place.file('c.json', shuffled)]);
      expect(found.content).toEqual(expected.content);
    },
  );
  await fc.assert(law, { numRuns: 15 });
});

/** What perfcollector2 writes: a line for each kernel file, no run, no machine. */
function rawLines(ticks: readonly number[]): string[] {
  let time = START + 3;
  return ticks.flatMap((growth, at) => {
    time += TICK;
    const stat = `cpu  ${at * growth} 0 0 ${at * 1000} 0 0 0 0 0 0\nctxt ${growth * at}\n`;
    const texts = {
      '/proc/stat': stat,
      '/proc/loadavg': `0.${growth} 0.1 0.2 1/100 ${at}\n`,
      '/proc/uptime': `${at * TICK}.00 1.00\n`,
    };
    return Object.entries(texts).map(([subsystem, measurement]) =>
      JSON.stringify({ timestamp: time, subsystem, measurement }),
    );
  });
}

test.each([
  ['raw lines', fc.constant<string[]>([])],
  ['raw lines among others', runs.map((own) => linesOf('m0', own).filter((line) => !line.includes('"collection"')))],
  ['raw lines among others and headers', runs.map((own) => linesOf('m0', own))],
])('%s in any order give the same table', async (_, others) => {
  const raw = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }).map(rawLines);
  const mixed = fc.tuple(others, raw).map(([one, other]) => [...one, ...other]);
  const law = fc.asyncProperty(
    mixed.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
    async ([all, shuffled]) => {
      const expected = await converted([place.file('c.json', all)], '--identifier', 'm0');
      const found = await converted([place.file('c.json', shuffled)], '--identifier', 'm0');
      expect(found.content).toEqual(expected.content);
    },
  );
  await fc.assert(law, { numRuns: 15 });
});

test('lines spread over files, whatever the order of these, give the same tables', async () => {
  const spread = collection.chain((lines) =>
    fc.tuple(fc.constant(lines), fc.array(fc.nat(2), { minLength: lines.length, maxLength: lines.length })),
  );
  const law = fc.asyncProperty(spread, fc.boolean(), async ([lines, places], isReversed) => {
    const expected = await converted([place.file('c.json', lines)]);
    const files = [0, 1, 2].map((one) =>
      place.file(
        `part${one}.json`,
        lines.filter((_, at) => places[at] === one),
      ),
    );
    const found = await converted(isReversed ? files.toReversed() : files);
    expect(found.content).toEqual(expected.content);
  });
  await fc.assert(law, { numRuns: 15 });
});

test('a collection and the same twice give the same tables', async () => {
  const law = fc.asyncProperty(collection, async (lines) => {
    const expected = await converted([place.file('c.json', lines)]);
    const found = await converted([place.file('c.json', [...lines, ...lines])]);
    expect(found.content).toEqual(expected.content);
  });
  await fc.assert(law, { numRuns: 15 });
});
