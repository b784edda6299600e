import { ABSENT, type FieldRow, LARGE, NUMBER, WORD } from '@perfcollector/collection';
import { LocalClock } from './local-clock.ts';
import type { TablePlan, WorkedPlan } from './plan.ts';
import type { DerivedRow } from './rows-of-batch.ts';
import { type CellPlan, quoted, type TextBuffer } from './text-buffer.ts';

/** Makes of derived rows what goes to the thread that writes them. */
export interface RowForm {
  /** @param seconds of the interval that it was derived of; NaN where that has no length */
  add(row: DerivedRow, seconds: number): void;
  /** What was made since the last time. @param spare a buffer that nobody needs any more */
  take(spare?: ArrayBuffer): RowOutput;
}

export type RowOutput = TextRows | NumberRows;

interface TextRows {
  readonly kind: 'text';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a line a value: how many cells have none, since their sample does not have the field. */
  readonly leftOut?: number;
}

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

/** A line a sample, a cell a column. */
export class WideLines implements RowForm {
  readonly #text: TextBuffer;
  readonly #plan: WorkedPlan;
  readonly #cells: CellPlan;
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;

  constructor({ machine, timeZone }: TablePlan, plan: WorkedPlan, text: TextBuffer) {
    this.#text = text;
    this.#plan = plan;
    this.#cells = cellPlan(plan);
    this.#machine = quoted(machine);
    this.#clock = clockIn(timeZone);
  }

  add({ timestamp, row }: DerivedRow): void {
    const { numbers, reasons } = this.#plan.derivation;
    const time = this.#clock ? `${this.#clock.tell(timestamp)},` : '';
    this.#text.text(`${timestamp},${time}${this.#machine}`);
    this.#text.cells(this.#cells, { row, numbers, reasons }, (column) => textIn(this.#plan, row, column));
    this.#text.text('\n');
  }

  take(spare?: ArrayBuffer): RowOutput {
    return { kind: 'text', bytes: this.#text.take(spare) };
  }
}

/** A line a value: of which group, device and metric it is, and in which unit. A field that a sample does not have makes none. */
export class LongLines implements RowForm {
  readonly #text: TextBuffer;
  readonly #plan: WorkedPlan;
  readonly #cells: readonly CellPlan[];
  readonly #ends: readonly { before: Buffer; behind: Buffer }[];
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;
  #leftOut = 0;

  constructor({ machine, timeZone }: TablePlan, plan: WorkedPlan, text: TextBuffer) {
    this.#text = text;
    this.#plan = plan;
    const all = cellPlan(plan);
    this.#cells = plan.columns.map((_, column) => cellOf(all, column));
    this.#ends = longEnds(plan);
    this.#machine = quoted(machine);
    this.#clock = clockIn(timeZone);
  }

  add({ timestamp, row }: DerivedRow): void {
    const { numbers, reasons, columnSlots } = this.#plan.derivation;
    const time = this.#clock ? `${this.#clock.tell(timestamp)},` : '';
    const head = Buffer.from(`${timestamp},${time}${this.#machine},`);
    for (const [column, { before, behind }] of this.#ends.entries()) {
      const cell = this.#cells[column] as CellPlan;
      if (row.kinds[columnSlots[cell.indexes[0] as number] as number] === ABSENT) {
        this.#leftOut += 1;
        continue;
      }
      this.#text.copy(head);
      this.#text.copy(before);
      this.#text.cells(cell, { row, numbers, reasons }, () => textIn(this.#plan, row, column));
      this.#text.copy(behind);
    }
  }

  take(spare?: ArrayBuffer): RowOutput {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return { kind: 'text', bytes: this.#text.take(spare), leftOut };
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

function cellPlan({ columns, derivation, indexes }: WorkedPlan): CellPlan {
  return {
    isRecorded: Uint8Array.from(columns, ({ column }) => Number(column.derivation === 'value')),
    indexes,
    slots: indexes.map((index) => derivation.columnSlots[index] as number),
    factors: Float64Array.from(columns, ({ factor }) => factor),
  };
}

function cellOf({ isRecorded, indexes, slots, factors }: CellPlan, column: number): CellPlan {
  const [from, to] = [column, column + 1];
  return {
    isRecorded: isRecorded.slice(from, to),
    indexes: indexes.slice(from, to),
    slots: slots.slice(from, to),
    factors: factors.slice(from, to),
  };
}

/** What stands in a cell that holds no number: a word, or one whose digits no double tells. */
function textIn({ columns, derivation, indexes }: WorkedPlan, row: FieldRow, column: number): string {
  const slot = derivation.columnSlots[indexes[column] as number] as number;
  const kind = row.kinds[slot];
  const factor = kind === WORD ? 1 : (columns[column]?.factor ?? 1);
  return quoted(scaledText(kind === NUMBER ? String(row.numbers[slot]) : (row.texts[slot] ?? ''), factor));
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
    return { before: Buffer.from(parts.map(quoted).join(',')), behind: Buffer.from(`,${quoted(unit)}\n`) };
  });
}
