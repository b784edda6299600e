import type { Sample } from '@perfcollector/collection';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineRef, Resolution, Series } from '../store.ts';
import { batch, sample } from '../test-contract/fixtures.ts';
import { sharedStore } from './test-shared-store.ts';

const shared = sharedStore();

/** The beginning of a day that ended long ago; roll-ups of whole days are made of such. */
const DAY = 1_767_916_800;
const DAYS = 2;
const [GAUGE, COUNTER, SHORT_COUNTER] = ['loadavg_1min', 'cpu_user', 'disk_sda_read_ms'];
const FIELDS = [GAUGE, COUNTER, SHORT_COUNTER];

type Points = readonly (number | null)[];

/** What a field is to be over steps, by looking at each sample. */
function slowly(
  samples: readonly Sample[],
  field: string,
  { step, times }: { step: number; times: readonly number[] },
) {
  const begin = (times[0] ?? 0) * 1000;
  const found = samples.flatMap(({ timestamp, fields }) => {
    const [value, ms] = [fields[field], Math.round(timestamp * 1000)];
    return typeof value === 'number' ? [{ ms, value, at: Math.floor((ms - begin) / (step * 1000)) }] : [];
  });
  return field === GAUGE ? gauge(found, times.length) : counter(found, times.length, field === SHORT_COUNTER);
}

interface Point {
  readonly ms: number;
  readonly value: number;
  readonly at: number;
}

function gauge(points: readonly Point[], count: number) {
  const steps = Array.from({ length: count }, (_, step) =>
    points.filter(({ at }) => at === step).map(({ value }) => value),
  );
  const each = (value: (values: readonly number[]) => number) =>
    steps.map((values) => (values.length > 0 ? value(values) : null));
  return {
    kind: 'gauge',
    min: each((values) => Math.min(...values)),
    max: each((values) => Math.max(...values)),
    mean: near(each((values) => values.reduce((a, b) => a + b) / values.length)),
  };
}

function counter(points: readonly Point[], count: number, wraps: boolean) {
  const [increase, known] = [new Array<number>(count).fill(0), new Array<number>(count).fill(0)];
  for (const [index, { ms, value, at }] of points.entries()) {
    const before = points[index - 1];
    if (!before) continue;
    const unwrapped = value - before.value + 2 ** 32;
    const moved = value >= before.value ? value - before.value : wraps && unwrapped < 2 ** 31 ? unwrapped : undefined;
    if (moved === undefined) continue;
    increase[at] = (increase[at] ?? 0) + moved;
    known[at] = (known[at] ?? 0) + ms - before.ms;
  }
  const each = (value: (step: number) => number) => known.map((ms, step) => (ms > 0 ? value(step) : null));
  return {
    kind: 'counter',
    increase: each((step) => increase[step] ?? 0),
    rate: near(each((step) => ((increase[step] ?? 0) * 1000) / (known[step] ?? 1))),
  };
}

function near(points: Points): Points {
  return points.map((point) => (point === null ? null : (expect.closeTo(point, 9) as unknown as number)));
}

const RANGES: readonly {
  readonly resolution: Resolution;
  readonly points: number;
  readonly from: number;
  readonly to: number;
}[] = [
  { resolution: '1h', points: 24 * DAYS, from: DAY, to: DAY + DAYS * 86_400 - 0.001 },
  { resolution: '1h', points: 7, from: DAY + 6 * 3600, to: DAY + 27 * 3600 - 0.001 },
  { resolution: '5m', points: 12 * 24 * DAYS, from: DAY, to: DAY + DAYS * 86_400 - 0.001 },
  { resolution: '1m', points: 60 * 3, from: DAY + 3 * 3600, to: DAY + 6 * 3600 - 0.001 },
  { resolution: 'raw', points: 1000, from: DAY + 3600, to: DAY + 4 * 3600 - 0.001 },
];

async function expectSeries(ref: MachineRef, samples: readonly Sample[]): Promise<void> {
  const ordered = samples.toSorted((a, b) => a.timestamp - b.timestamp);
  for (const { resolution, ...range } of RANGES) {
    const reply = await shared.store.series({ ...ref, fields: FIELDS, ...range });
    expect(reply?.resolution).toBe(resolution);
    const within = ordered.filter(({ timestamp }) => timestamp >= range.from && timestamp <= range.to);
    const want = FIELDS.filter((field) => within.some(({ fields }) => Object.hasOwn(fields, field)));
    const found = Object.fromEntries(reply?.series.map((one): [string, Series] => [one.field, one]) ?? []);
    expect(Object.keys(found).sort()).toEqual(want.toSorted());
    for (const field of want)
      expect(found[field]).toEqual({ field, ...slowly(within, field, reply ?? { step: 1, times: [] }) });
  }
}

/** One tick after the other: how long after the one before, and what it says. */
const tick = fc.record({
  wait: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(10_000, 30_000, 60_000) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 12_000_000 }) },
  ),
  gauge: fc.option(fc.integer({ min: -500, max: 500 }).map((n) => n / 100)),
  moved: fc.option(fc.nat(1000)),
  beginsAnew: fc.nat(15).map((n) => n === 0),
  wrapping: fc.option(fc.nat(2 ** 29)),
});

function samplesOf(ticks: readonly (typeof tick extends fc.Arbitrary<infer T> ? T : never)[]): Sample[] {
  let [ms, count, short] = [DAY * 1000, 1_000_000, 2 ** 32 - 2 ** 30];
  return ticks.flatMap(({ wait, gauge: level, moved, beginsAnew, wrapping }) => {
    ms += wait;
    count = beginsAnew ? 0 : count + (moved ?? 0);
    short = (short + (wrapping ?? 0)) % 2 ** 32;
    const fields = {
      ...(level !== null && { [GAUGE]: level }),
      ...(moved !== null && { [COUNTER]: count }),
      ...(wrapping !== null && { [SHORT_COUNTER]: short }),
    };
    return ms < (DAY + DAYS * 86_400) * 1000 ? [sample(ms / 1000, fields)] : [];
  });
}

describe('series made from roll-ups', () => {
  it('are those of the samples, in whatever order they came and were sealed, and while some wait', async () => {
    const { store } = shared;
    const ticks = fc.array(tick, { minLength: 1, maxLength: 70, size: 'max' });
    await fc.assert(
      fc.asyncProperty(ticks, fc.infiniteStream(fc.nat(2)), async (some, parts) => {
        const ref = shared.newMachine();
        const samples = samplesOf(some);
        const byPart = Map.groupBy(samples, () => parts.next().value as number);
        const sent: Sample[] = [];
        await store.append(batch(ref, { samples: [] }));
        for (const part of [1, 0, 2]) {
          const late = byPart.get(part) ?? [];
          await store.append(batch(ref, { samples: late }));
          sent.push(...late);
          await expectSeries(ref, sent);
          await store.maintenance.seal();
          await expectSeries(ref, sent);
        }
        await store.deleteMachine(ref);
      }),
      { numRuns: 40 },
    );
  });

  const rollupsOf = ({ machine }: MachineRef) =>
    shared
      .rows(
        `SELECT resolution, count(*) AS n FROM rollup WHERE machine = (SELECT id FROM machine WHERE name = '${machine}') GROUP BY resolution`,
      )
      .map(({ resolution, n }) => [resolution, n]);
  const hourly = (first: number, hours: number) =>
    Array.from({ length: hours * 6 }, (_, at) => sample(first + at * 600, { [GAUGE]: at, [COUNTER]: at * 10 }));

  it('a day has roll-ups of its own when it ended, and they are made again after a late sample', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const samples = hourly(DAY, 24);
    await store.append(batch(ref, { samples }));
    await store.maintenance.seal();
    const whole = [
      [60, 24],
      [300, 1],
      [3600, 1],
    ];
    expect(rollupsOf(ref)).toEqual(whole);
    const late = sample(DAY + 4 * 3600 + 5, { [GAUGE]: 1000, [COUNTER]: 241 });
    await store.append(batch(ref, { samples: [late] }));
    expect(rollupsOf(ref)).toEqual([[60, 23]]);
    await expectSeries(ref, [...samples, late]);
    await store.maintenance.seal();
    expect(rollupsOf(ref)).toEqual(whole);
    await expectSeries(ref, [...samples, late]);
  });

  it('a day that is not over has those of its minutes', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const today = Math.floor(Date.now() / 86_400_000) * 86_400;
    await store.append(batch(ref, { samples: hourly(today, 6) }));
    await store.maintenance.seal();
    expect(rollupsOf(ref)).toEqual([[60, 6]]);
  });

  it('a late sample of a day whose minutes are gone by age spares what is left of the day', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    await store.append(batch(ref, { samples: hourly(DAY, 24) }));
    await store.maintenance.seal();
    const day = { from: DAY, to: DAY + 86_399.999, points: 24 };
    const before = await store.series({ ...ref, fields: [GAUGE], ...day });
    await store.maintenance.prune({ raw: 1, rollups: { '1m': 1 } });
    expect(rollupsOf(ref)).toEqual([
      [300, 1],
      [3600, 1],
    ]);
    await store.append(batch(ref, { samples: [sample(DAY + 7000, { [GAUGE]: 7 })] }));
    await store.maintenance.seal();
    await store.maintenance.prune({ raw: 1, rollups: { '1m': 1 } });
    expect(await store.series({ ...ref, fields: [GAUGE], ...day })).toEqual(before);
  });

  it('the largest counts move by what they moved, a gauge of any size has its extremes', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const samples = Array.from({ length: 5 * 60 }, (_, at) =>
      sample(DAY + at * 60, {
        [COUNTER]: String(2n ** 63n + BigInt(at * 3)),
        [GAUGE]: at % 7 === 0 ? '18446744073709551615' : at,
      }),
    );
    await store.append(batch(ref, { samples }));
    const ask = async () =>
      (await store.series({ ...ref, fields: [COUNTER, GAUGE], from: DAY, to: DAY + 5 * 3600 - 0.001, points: 5 }))
        ?.series;
    const before = await ask();
    expect(before).toMatchObject([
      { increase: [177, 180, 180, 180, 180] },
      { min: [1, 60, 120, 180, 240], max: Array(5).fill(2 ** 64) },
    ]);
    await store.maintenance.seal();
    expect(await ask()).toEqual(before);
  });
});
