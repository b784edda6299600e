import { LARGE, NUMBER } from '@perfcollector/collection';
import { LocalClock } from './local-clock.ts';
import type { TablePlan, WorkedPlan } from './plan.ts';
import type { DerivedRow } from './rows-of-batch.ts';
import { NUMBER_BYTES, quoted, TextBuffer } from './text-buffer.ts';

/** Makes of derived rows what goes to the thread that writes them. */
export interface RowForm {
  /** @param seconds of the interval that it was derived of; NaN where that has no length */
  add(row: DerivedRow, seconds: number): void;
  /** What was made since the last time. */
  take(): RowOutput;
}

export type RowOutput = { readonly kind: 'text'; readonly bytes: Uint8Array<ArrayBuffer> } | NumberRows;

/** Rows as numbers, for who writes no text of them. */
export interface NumberRows {
  readonly kind: 'numbers';
  /** Row by row, a number a column; NaN where there is none. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** As many: why there is none. */
  readonly reasons: Uint8Array<ArrayBuffer>;
  /** Of each row, what rates are means over; NaN where there are none. */
  readonly seconds: Float64Array<ArrayBuffer>;
  /** What no double holds: words, and whole numbers above 2^53-1. */
  readonly texts: readonly { readonly row: number; readonly column: number; readonly text: string }[];
}

const [COMMA, LINE_FEED] = [0x2c, 0x0a];
const NA = Buffer.from('NA');

/** A line a sample, a cell a column. */
export class WideLines implements RowForm {
  readonly #text = new TextBuffer();
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;

  constructor({ machine, timeZone }: TablePlan) {
    this.#machine = quoted(machine);
    this.#clock = clockIn(timeZone);
  }

  add(derived: DerivedRow): void {
    const text = this.#text;
    const { timestamp, plan } = derived;
    const { reasons } = plan.derivation;
    const time = this.#clock ? `${this.#clock.tell(timestamp)},` : '';
    text.reserve((plan.columns.length + 2) * NUMBER_BYTES);
    text.text(`${timestamp},${time}${this.#machine}`);
    for (let column = 0; column < plan.indexes.length; column += 1) {
      text.byte(COMMA);
      const index = plan.indexes[column] as number;
      if (reasons[index] !== 0) text.copy(NA, 0, NA.length);
      else writeCell(text, derived, { column, index });
    }
    text.byte(LINE_FEED);
  }

  take(): RowOutput {
    return { kind: 'text', bytes: this.#text.take() };
  }
}

/** A line a value: of which group, device and metric it is, and in which unit. A field that a sample does not have makes none. */
export class LongLines implements RowForm {
  readonly #text = new TextBuffer();
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;
  #ends: readonly { before: Buffer; behind: Buffer }[] = [];

  constructor({ machine, timeZone }: TablePlan) {
    this.#machine = quoted(machine);
    this.#clock = clockIn(timeZone);
  }

  add(derived: DerivedRow): void {
    const text = this.#text;
    const { timestamp, plan, row } = derived;
    if (this.#ends.length === 0) this.#ends = longEnds(plan);
    const time = this.#clock ? `${this.#clock.tell(timestamp)},` : '';
    const head = Buffer.from(`${timestamp},${time}${this.#machine},`);
    for (let column = 0; column < plan.indexes.length; column += 1) {
      const index = plan.indexes[column] as number;
      if (row.get(plan.derivation.columnSlots[index] as number) === undefined) continue;
      const { before, behind } = this.#ends[column] ?? { before: NA, behind: NA };
      text.reserve(head.length + before.length + behind.length + NUMBER_BYTES);
      text.copy(head, 0, head.length);
      text.copy(before, 0, before.length);
      if (plan.derivation.reasons[index] !== 0) text.copy(NA, 0, NA.length);
      else writeCell(text, derived, { column, index });
      text.copy(behind, 0, behind.length);
    }
  }

  take(): RowOutput {
    return { kind: 'text', bytes: this.#text.take() };
  }
}

/** The numbers themselves. */
export class Numbers implements RowForm {
  #numbers = new Float64Array(0);
  #reasons = new Uint8Array(0);
  #length = 0;
  #seconds: number[] = [];
  #texts: NumberRows['texts'][number][] = [];

  add({ plan, row }: DerivedRow, seconds: number): void {
    const { derivation, indexes, columns } = plan;
    this.#reserve(indexes.length);
    for (let column = 0; column < indexes.length; column += 1) {
      const index = indexes[column] as number;
      const reason = derivation.reasons[index] as number;
      const factor = columns[column]?.factor ?? 1;
      this.#reasons[this.#length] = reason;
      this.#numbers[this.#length] = reason === 0 ? (derivation.numbers[index] as number) * factor : Number.NaN;
      this.#length += 1;
      if (reason === 0 && columns[column]?.column.derivation === 'value')
        this.#text(row, derivation.columnSlots[index] as number, { column, factor });
    }
    this.#seconds.push(seconds);
  }

  take(): NumberRows {
    const rows: NumberRows = {
      kind: 'numbers',
      numbers: this.#numbers.slice(0, this.#length),
      reasons: this.#reasons.slice(0, this.#length),
      seconds: Float64Array.from(this.#seconds),
      texts: this.#texts,
    };
    this.#length = 0;
    this.#seconds = [];
    this.#texts = [];
    return rows;
  }

  #text(row: DerivedRow['row'], slot: number, { column, factor }: { column: number; factor: number }): void {
    const kind = row.kinds[slot];
    if (kind === NUMBER) return;
    const text = scaledText(row.texts[slot] ?? '', kind === LARGE ? factor : 1);
    this.#texts.push({ row: this.#seconds.length, column, text });
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#numbers.length) return;
    const size = Math.max(this.#numbers.length * 2, this.#length + room);
    const [numbers, reasons] = [new Float64Array(size), new Uint8Array(size)];
    numbers.set(this.#numbers.subarray(0, this.#length));
    reasons.set(this.#reasons.subarray(0, this.#length));
    this.#numbers = numbers;
    this.#reasons = reasons;
  }
}

function writeCell(text: TextBuffer, { plan, row }: DerivedRow, at: { column: number; index: number }): void {
  const column = plan.columns[at.column];
  const { derivation } = plan;
  const slot = derivation.columnSlots[at.index] as number;
  const value = derivation.numbers[at.index] as number;
  if (column === undefined || column.column.derivation !== 'value') {
    text.number(value * (column?.factor ?? 1));
    return;
  }
  const kind = row.kinds[slot];
  if (kind !== NUMBER) text.text(quoted(scaledText(row.texts[slot] ?? '', kind === LARGE ? column.factor : 1)));
  else if (column.factor === 1 && (row.starts[slot] as number) >= 0)
    text.copy(row.bytes, row.starts[slot] as number, row.ends[slot] as number);
  else writeScaled(text, value, column.factor);
}

/** Above 2^53 JavaScript writes a double's shortest text, filled up with zeros: other digits than the whole number has. */
function writeScaled(text: TextBuffer, value: number, factor: number): void {
  const scaled = value * factor;
  if (Number.isSafeInteger(scaled) || !Number.isSafeInteger(value)) text.number(scaled);
  else text.text(String(BigInt(value) * BigInt(factor)));
}

/** Undefined where no time for people is wanted. */
export function clockIn(timeZone: string | undefined): LocalClock | undefined {
  return timeZone === undefined ? undefined : new LocalClock(timeZone);
}

function scaledText(text: string, factor: number): string {
  return factor === 1 ? text : String(BigInt(text) * BigInt(factor));
}

/** What stands before and behind the value of each column. */
export function longEnds({ columns }: Pick<WorkedPlan, 'columns'>): { before: Buffer; behind: Buffer }[] {
  return columns.map(({ name, column: { info, field, name: plain, derivation }, unit }) => {
    const suffix = derivation === 'rate' ? plain.slice(field.length) : '';
    const metric = info ? `${info.stat || info.groupSpec.group}${suffix}` : name;
    const parts = [info?.groupSpec.group ?? '', info?.device ?? '', metric];
    return { before: Buffer.from(`${parts.map(quoted).join(',')},`), behind: Buffer.from(`,${quoted(unit)}\n`) };
  });
}
