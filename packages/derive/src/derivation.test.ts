import type { FieldRow } from '@perfcollector/collection';
import type { Fields, FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, wideColumns } from './columns.ts';
import { deviceDeltas, kernelDelta } from './counter.ts';
import { Derivation } from './derivation.ts';
import type { Interval } from './interval.ts';
import { isNa, type Na, na, reasonOf } from './na.ts';
import { timeShares } from './shares.ts';

interface Step {
  readonly before: Fields | undefined;
  readonly now: Fields;
  readonly interval: Interval | Na;
}

/** One column after the other, each from the fields that bear on it. */
function cellOf(column: Column, all: readonly Column[], { before, now, interval }: Step): FieldValue | Na {
  const value = valueIn(now, column.field);
  if (column.derivation === 'value') {
    if (value === undefined) return na('absent');
    const isWord = typeof value === 'string' && !/^\d+$/.test(value);
    return isWord && column.info && column.info.spec.kind !== 'label' ? na('unreadable') : value;
  }
  const derived =
    column.derivation === 'rate' ? rateOf(column, all, { before, now }) : shareOf(column, all, { before, now });
  if (isNa(derived) && derived.na === 'absent') return derived;
  if (isNa(interval)) return interval;
  return isNa(derived) || column.derivation === 'share' ? derived : derived / interval.seconds;
}

type Pair = Omit<Step, 'interval'>;

function pairOf({ field, info }: Column, { before, now }: Pair) {
  return { before: before && valueIn(before, field), now: valueIn(now, field), wraps32: info?.spec.wraps32 === true };
}

function valueIn(fields: Fields, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function rateOf(column: Column, all: readonly Column[], pair: Pair): number | Na {
  const group = column.info?.groupSpec;
  if (group?.device === 'none') return kernelDelta(pairOf(column, pair));
  const mates = all.filter((one) => one.derivation === 'rate' && isMate(one, column));
  return deviceDeltas(mates.map((one) => pairOf(one, pair)))[mates.indexOf(column)] ?? na('absent');
}

function shareOf(column: Column, all: readonly Column[], pair: Pair): number | Na {
  const mates = all.filter((one) => one.derivation === 'share' && isMate(one, column));
  const isWithin = ({ info }: Column) => info?.groupSpec.sharesWithin?.includes(info.stat) === true;
  const [parts, within] = [mates.filter((one) => !isWithin(one)), mates.filter(isWithin)];
  const shares = timeShares({
    parts: parts.map((one) => pairOf(one, pair)),
    within: within.map((one) => pairOf(one, pair)),
  });
  const own = isWithin(column) ? shares.within[within.indexOf(column)] : shares.parts[parts.indexOf(column)];
  return own ?? na('absent');
}

function isMate(one: Column, other: Column): boolean {
  return one.info?.groupSpec === other.info?.groupSpec && one.info?.device === other.info?.device;
}

const CPU = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];
const NAMES = [
  ...['', '0', '1'].flatMap((cpu) => CPU.map((stat) => `cpu${cpu}_${stat}`)),
  ...['sda', 'sda1', 'dm-0'].flatMap((disk) =>
    ['reads', 'read_ms', 'in_flight', 'io_ms'].map((stat) => `disk_${disk}_${stat}`),
  ),
  ...['rx_bytes', 'rx_packets', 'tx_bytes'].map((stat) => `net_eth0_${stat}`),
  ...['vm_pagefault', 'vm_swapin', 'stat_ctxt', 'mem_free', 'loadavg_1min', 'uptime', 'alien', '__proto__'],
  ...['container_0123456789ab_name', 'container_0123456789ab_cpu_usage_us'],
];
const COLUMNS = wideColumns(NAMES);

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 8, arbitrary: fc.nat(1000) },
  { weight: 2, arbitrary: fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32 - 1000, 2 ** 31, 2 ** 53 - 1, 0.5, -3, 1e300) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('word', '', '12', '007', '-3', '1.5', '18446744073709551615') },
);
const fields: fc.Arbitrary<Fields> = fc
  .tuple(
    fc.array(value, { minLength: NAMES.length, maxLength: NAMES.length }),
    fc.array(fc.nat(NAMES.length - 1), { maxLength: 4 }),
  )
  .map(([values, left]) => fromNames((at) => (left.includes(at) ? undefined : values[at])));

function fromNames(valueAt: (at: number) => FieldValue | undefined): Fields {
  const entries = NAMES.map((name, at) => [name, valueAt(at)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as Fields;
}

/** As a machine goes on: most numbers grow, some fall, go, come, or become words. */
const going: fc.Arbitrary<readonly [Fields, Fields]> = fc
  .tuple(
    fields,
    fc.array(fc.nat(50), { minLength: NAMES.length, maxLength: NAMES.length }),
    fields,
    fc.array(fc.nat(NAMES.length - 1), { maxLength: 3 }),
  )
  .map(([before, growth, other, bent]) => [
    before,
    fromNames((at) => {
      const name = NAMES[at] ?? '';
      const old = valueIn(before, name);
      if (bent.includes(at)) return valueIn(other, name);
      if (typeof old === 'string' && /^\d+$/.test(old)) return String(BigInt(old) + BigInt(growth[at] ?? 0));
      return typeof old === 'number' ? old + (growth[at] ?? 0) : old;
    }),
  ]);

const interval: fc.Arbitrary<Interval | Na> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ seconds: fc.integer({ min: 1, max: 60_000 }).map((ms) => ms / 1000), isGap: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constantFrom(na('first'), na('reset'), na('clock_step'), na('suspend')) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(going, interval).map(([[before, now], time]) => ({ before, now, interval: time })) },
  { weight: 1, arbitrary: fields.map((now) => ({ before: undefined, now, interval: na('first') })) },
);

function rowOf(derivation: Derivation, sample: Fields): FieldRow {
  const row = derivation.row();
  row.fill(sample, derivation.slots);
  return row;
}

function deriveAll(derivation: Derivation, { before, now, interval: time }: Step): (FieldValue | Na | undefined)[] {
  const row = rowOf(derivation, now);
  derivation.derive(before && rowOf(derivation, before), row, time);
  return derivation.columns.map(({ derivation: kind }, index) => {
    const reason = reasonOf(derivation.reasons[index] as number);
    if (reason) return na(reason);
    const number = derivation.numbers[index] as number;
    return kind === 'value' ? row.get(derivation.columnSlots[index] as number) : number;
  });
}

test('each cell is what the rules for its device say, whatever was derived before', () => {
  const derivation = new Derivation(COLUMNS);
  fc.assert(
    fc.property(step, (one) => {
      const expected = COLUMNS.map((column) => cellOf(column, COLUMNS, one));
      expect(deriveAll(derivation, one)).toStrictEqual(expected);
    }),
    { numRuns: 400 },
  );
});

test('no rate is below 0, and the shares of a CPU sum to 100', () => {
  const derivation = new Derivation(COLUMNS);
  fc.assert(
    fc.property(step, (one) => {
      const cells = deriveAll(derivation, one);
      for (const [at, { derivation: kind }] of COLUMNS.entries()) {
        const cell = cells[at];
        if (kind === 'value' || typeof cell !== 'number') continue;
        expect(cell).toBeGreaterThanOrEqual(0);
        expect(cell).toBeLessThan(Infinity);
      }
      for (const cpu of ['cpu', 'cpu0', 'cpu1']) {
        const names = CPU.slice(0, 8).map((stat) => `${cpu}_${stat}`);
        const shares = COLUMNS.flatMap(({ name }, at) => (names.includes(name) ? [cells[at]] : []));
        const numbers = shares.filter((share) => typeof share === 'number');
        if (numbers.length > 0) expect(numbers.reduce((sum, share) => sum + share)).toBeCloseTo(100, 6);
      }
    }),
    { numRuns: 400 },
  );
});

test('a part of the columns, with all of their devices, gives the same cells', () => {
  const wanted = COLUMNS.filter(({ field }) => /^(cpu0|disk_sda)_/.test(field));
  const [whole, part] = [new Derivation(COLUMNS), new Derivation(wanted)];
  fc.assert(
    fc.property(step, (one) => {
      const all = deriveAll(whole, one);
      expect(deriveAll(part, one)).toStrictEqual(all.filter((_, at) => wanted.includes(COLUMNS[at] as Column)));
    }),
    { numRuns: 200 },
  );
});
