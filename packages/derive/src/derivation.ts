import { ABSENT, FieldRow, NUMBER, WORD } from '@perfcollector/collection';
import type { Column } from './columns.ts';
import { type CounterPair, deviceDeltas, kernelDelta } from './counter.ts';
import type { Interval } from './interval.ts';
import { codeOf, isNa, type Na, na } from './na.ts';
import { LEAST_PARTS, timeShares } from './shares.ts';

const ABSENT_CODE = codeOf('absent');
const UNREADABLE_CODE = codeOf('unreadable');

/**
 * Derives rows with these columns from rows of fields. Raw counters become rates and percentages here and nowhere else.
 * What is plain (numbers, none of which fell) is worked out in place: nearly every value, nearly always. All else goes
 * through the functions that make an object of each value.
 */
export class Derivation {
  readonly columns: readonly Column[];
  /** The slot of each field in the rows. */
  readonly slots: ReadonlyMap<string, number>;
  /** The slot of each column's field. */
  readonly columnSlots: Int32Array;
  /** Of the last row, a number a column: what was derived, or recorded as a number. */
  readonly numbers: Float64Array;
  /** Of the last row, a code a column: why there is no value; 0 where there is one. */
  readonly reasons: Uint8Array;
  readonly #values: ValuePlan;
  /** Whether all recorded columns had a value in the last row. */
  #hasAll = false;
  readonly #rates: readonly RatePlan[];
  readonly #shares: readonly SharePlan[];

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    this.slots = new Map([...new Set(columns.map(({ field }) => field))].map((field, slot) => [field, slot]));
    const slotOf = ({ field }: Column) => this.slots.get(field) ?? -1;
    this.columnSlots = Int32Array.from(columns, slotOf);
    this.numbers = new Float64Array(columns.length);
    this.reasons = new Uint8Array(columns.length);
    const indexed = columns.map((column, index) => ({ column, index, slot: slotOf(column) }));
    this.#values = valuePlan(indexed.filter(({ column }) => column.derivation === 'value'));
    const derived = indexed.filter(({ column }) => column.derivation !== 'value');
    const devices = [...Map.groupBy(derived, ({ column }) => deviceOf(column)).values()];
    this.#rates = devices.flatMap(ratePlan);
    this.#shares = devices.flatMap(sharePlan);
  }

  /** A row for a sample of these fields. */
  row(): FieldRow {
    return new FieldRow(this.slots.size);
  }

  /** Works out `numbers` and `reasons` of the sample `now`. */
  derive(before: FieldRow | undefined, now: FieldRow, interval: Interval | Na): void {
    this.#takeValues(now);
    const isPlain = now.isPlain && before?.isPlain === true;
    for (const plan of this.#rates) {
      if (!before || isNa(interval) || !this.#plainRates(plan, { before, now, seconds: interval.seconds, isPlain }))
        this.#anyRates(plan, { before, now, interval });
    }
    for (const plan of this.#shares) {
      if (!before || isNa(interval) || !this.#plainShares(plan, before, now))
        this.#anyShares(plan, { before, now, interval });
    }
  }

  #takeValues(now: FieldRow): void {
    const { indexes, slots, takesWords } = this.#values;
    const { numbers, reasons } = this;
    for (let at = 0; at < indexes.length; at += 1)
      numbers[indexes[at] as number] = now.numbers[slots[at] as number] as number;
    if (now.isPlain && this.#hasAll) return;
    this.#hasAll = now.isPlain;
    for (let at = 0; at < indexes.length; at += 1) {
      const kind = now.kinds[slots[at] as number];
      const isOddWord = kind === WORD && takesWords[at] === 0;
      reasons[indexes[at] as number] = kind === ABSENT ? ABSENT_CODE : isOddWord ? UNREADABLE_CODE : 0;
    }
  }

  /** @returns false where a counter is no number or fell */
  #plainRates({ indexes, slots }: RatePlan, of: PlainStep): boolean {
    const { kinds, numbers } = of.now;
    const { kinds: kindsBefore, numbers: numbersBefore } = of.before;
    const { isPlain, seconds } = of;
    for (let at = 0; at < slots.length; at += 1) {
      const slot = slots[at] as number;
      if (!isPlain && (kinds[slot] !== NUMBER || kindsBefore[slot] !== NUMBER)) return false;
      const delta = (numbers[slot] as number) - (numbersBefore[slot] as number);
      if (delta < 0) return false;
      this.numbers[indexes[at] as number] = delta === 0 ? 0 : delta / seconds;
    }
    for (let at = 0; at < indexes.length; at += 1) this.reasons[indexes[at] as number] = 0;
    return true;
  }

  #anyRates(plan: RatePlan, step: RowStep): void {
    const pairs = plan.columns.map((column, at) => pairOf(column, plan.slots[at] as number, step));
    const deltas = plan.hasDevice ? deviceDeltas(pairs) : pairs.map(kernelDelta);
    const { interval } = step;
    const values = isNa(interval) ? deltas : deltas.map((delta) => (isNa(delta) ? delta : delta / interval.seconds));
    this.#put(plan.indexes, values, interval);
  }

  /** @returns false where a part is no number or fell, or none of them moved */
  #plainShares({ indexes, slots, parts }: SharePlan, before: FieldRow, now: FieldRow): boolean {
    if (parts < LEAST_PARTS) return false;
    let total = 0;
    for (let at = 0; at < slots.length; at += 1) {
      const slot = slots[at] as number;
      if (now.kinds[slot] !== NUMBER || before.kinds[slot] !== NUMBER) return false;
      const delta = (now.numbers[slot] as number) - (before.numbers[slot] as number);
      if (delta < 0) return false;
      this.numbers[indexes[at] as number] = delta;
      if (at < parts) total += delta;
    }
    if (total === 0) return false;
    for (let at = 0; at < indexes.length; at += 1) {
      const index = indexes[at] as number;
      this.numbers[index] = ((this.numbers[index] as number) / total) * 100;
      this.reasons[index] = 0;
    }
    return true;
  }

  #anyShares({ columns, indexes, slots, parts }: SharePlan, step: RowStep): void {
    const pairs = columns.map((column, at) => pairOf(column, slots[at] as number, step));
    const derived = timeShares({ parts: pairs.slice(0, parts), within: pairs.slice(parts) });
    this.#put(indexes, [...derived.parts, ...derived.within], step.interval);
  }

  /** A field that is absent is so for no other reason; else an interval without a length comes first. */
  #put(indexes: Int32Array, values: readonly (number | Na)[], interval: Interval | Na): void {
    for (let at = 0; at < indexes.length; at += 1) {
      const index = indexes[at] as number;
      const value = values[at] ?? na('absent');
      const isAbsent = isNa(value) && value.na === 'absent';
      const cell = isNa(interval) && !isAbsent ? interval : value;
      this.numbers[index] = isNa(cell) ? Number.NaN : cell;
      this.reasons[index] = isNa(cell) ? codeOf(cell.na) : 0;
    }
  }
}

interface Indexed {
  readonly column: Column;
  readonly index: number;
  readonly slot: number;
}

interface RowStep {
  readonly before: FieldRow | undefined;
  readonly now: FieldRow;
  readonly interval: Interval | Na;
}

interface PlainStep {
  readonly before: FieldRow;
  readonly now: FieldRow;
  readonly seconds: number;
  /** Whether all slots of both rows are known to hold numbers. */
  readonly isPlain: boolean;
}

interface ValuePlan {
  readonly indexes: Int32Array;
  readonly slots: Int32Array;
  readonly takesWords: Uint8Array;
}

/** A word where the catalogue knows a number would spoil the whole column. */
function valuePlan(columns: readonly Indexed[]): ValuePlan {
  const takesWord = ({ column: { info } }: Indexed) => info === undefined || info.spec.kind === 'label';
  return {
    indexes: Int32Array.from(columns, ({ index }) => index),
    slots: Int32Array.from(columns, ({ slot }) => slot),
    takesWords: Uint8Array.from(columns, (column) => Number(takesWord(column))),
  };
}

/** Some columns of one device, or of the whole machine. */
interface DevicePlan {
  readonly columns: readonly Column[];
  readonly indexes: Int32Array;
  readonly slots: Int32Array;
}

interface RatePlan extends DevicePlan {
  readonly hasDevice: boolean;
}

interface SharePlan extends DevicePlan {
  /** How many of them divide the time; the others are within one of these. */
  readonly parts: number;
}

function devicePlan(columns: readonly Indexed[]): DevicePlan {
  return {
    columns: columns.map(({ column }) => column),
    indexes: Int32Array.from(columns, ({ index }) => index),
    slots: Int32Array.from(columns, ({ slot }) => slot),
  };
}

/** Counters of the kernel as a whole have nothing to do with one another: each is for itself. */
function ratePlan(device: readonly Indexed[]): RatePlan[] {
  const rates = device.filter(({ column }) => column.derivation === 'rate');
  if (rates.length === 0) return [];
  const hasDevice = rates[0]?.column.info?.groupSpec.device !== 'none';
  const together = hasDevice ? [rates] : rates.map((rate) => [rate]);
  return together.map((columns) => ({ ...devicePlan(columns), hasDevice }));
}

function sharePlan(device: readonly Indexed[]): SharePlan[] {
  const shares = device.filter(({ column }) => column.derivation === 'share');
  if (shares.length === 0) return [];
  const isWithin = ({ column: { info } }: Indexed) => info?.groupSpec.sharesWithin?.includes(info.stat) ?? false;
  const parts = shares.filter((column) => !isWithin(column));
  return [{ ...devicePlan([...parts, ...shares.filter(isWithin)]), parts: parts.length }];
}

function deviceOf({ info, field }: Column): string {
  return info ? `${info.groupSpec.group}\0${info.groupSpec.device}\0${info.device}` : `\0${field}`;
}

function pairOf({ info }: Column, slot: number, { before, now }: RowStep): CounterPair {
  return { before: before?.get(slot), now: now.get(slot), wraps32: info?.spec.wraps32 === true };
}
