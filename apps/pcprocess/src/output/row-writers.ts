import { clockIn, longEnds } from '../engine/forms.ts';
import type { LocalClock } from '../engine/local-clock.ts';
import type { TablePlan } from '../engine/plan.ts';
import { quoted } from '../engine/text-buffer.ts';
import type { FieldDescription } from '../layouts/layout.ts';
import type { ParquetColumn } from '../layouts/parquet/column.ts';
import { ParquetFile } from '../layouts/parquet/parquet-file.ts';
import { headFields, longFields } from '../table/describe.ts';
import type { OutputColumn } from '../table/output-columns.ts';
import { OutputFile } from './output-file.ts';

/** A row as numbers. */
export interface NumberRow {
  readonly timestamp: number;
  /** NaN where there is none. */
  readonly numbers: Float64Array;
  readonly reasons: Uint8Array;
  /** What no double holds, by column: it counts instead of the number. */
  readonly texts: ReadonlyMap<number, string>;
}

/** Writes rows of numbers into a file. */
export interface RowWriter {
  readonly fields: readonly FieldDescription[];
  /** That the file has. */
  readonly rows: number;
  add(row: NumberRow): void;
  finish(): void;
  discard(): void;
}

export interface WriterSetup {
  readonly path: string;
  readonly plan: TablePlan;
  readonly columns: readonly OutputColumn[];
}

/** Rows are handed to the file so many characters at a time. */
const PIECE = 256 * 1024;

/** A line a row. */
export class WideWriter implements RowWriter {
  readonly fields: readonly FieldDescription[];
  rows = 0;
  readonly #file: OutputFile;
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;
  #text: string;

  constructor({ path, plan, columns }: WriterSetup) {
    this.fields = [...headFields(plan), ...columns.map(({ description }) => description)];
    this.#file = new OutputFile(path);
    this.#machine = quoted(plan.machine);
    this.#clock = clockIn(plan.timeZone);
    this.#text = `${this.fields.map(({ name }) => quoted(name)).join(',')}\n`;
  }

  add({ timestamp, numbers, reasons, texts }: NumberRow): void {
    const head = this.#clock ? [timestamp, this.#clock.tell(timestamp), this.#machine] : [timestamp, this.#machine];
    const cells = Array.from(numbers, (number, column) => cellText(number, reasons[column] ?? 0, texts.get(column)));
    this.#text += `${[...head, ...cells].join(',')}\n`;
    this.rows += 1;
    if (this.#text.length > PIECE) this.#flush();
  }

  finish(): void {
    this.#flush();
    this.#file.finish();
  }

  discard(): void {
    this.#file.discard();
  }

  #flush(): void {
    this.#file.write(this.#text);
    this.#text = '';
  }
}

/** A line a value. */
export class LongWriter implements RowWriter {
  readonly fields: readonly FieldDescription[];
  rows = 0;
  readonly #file: OutputFile;
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;
  readonly #ends: readonly { readonly before: string; readonly behind: string }[];

  constructor({ path, plan, columns }: WriterSetup) {
    this.fields = longFields(plan);
    this.#file = new OutputFile(path);
    this.#machine = quoted(plan.machine);
    this.#clock = clockIn(plan.timeZone);
    const ends = longEnds({ columns: columns.map(({ of }) => of) });
    this.#ends = ends.map(({ before, behind }, at) => ({
      before: `${before.toString()}${columns[at]?.suffix ?? ''},`,
      behind: behind.toString(),
    }));
    this.#file.write(`${this.fields.map(({ name }) => name).join(',')}\n`);
  }

  add({ timestamp, numbers, reasons, texts }: NumberRow): void {
    const time = this.#clock ? `${this.#clock.tell(timestamp)},` : '';
    const head = `${timestamp},${time}${this.#machine},`;
    const lines = Array.from(numbers, (number, column) => {
      const { before = '', behind = '' } = this.#ends[column] ?? {};
      return `${head}${before}${cellText(number, reasons[column] ?? 0, texts.get(column))}${behind}`;
    });
    this.#file.write(lines.join(''));
    this.rows += lines.length;
  }

  finish(): void {
    this.#file.finish();
  }

  discard(): void {
    this.#file.discard();
  }
}

function cellText(number: number, reason: number, text: string | undefined): string {
  if (text !== undefined) return quoted(text);
  return reason !== 0 || Number.isNaN(number) ? 'NA' : String(number);
}

/** Typed columns. */
export class ParquetWriter implements RowWriter {
  readonly fields: readonly FieldDescription[];
  rows = 0;
  readonly #file: ParquetFile;
  readonly #machine: string;
  readonly #clock: LocalClock | undefined;
  readonly #numbers: Float64Array;
  readonly #texts: (string | undefined)[];
  readonly #types: readonly ParquetColumn['type'][];

  constructor({ path, plan, columns }: WriterSetup) {
    const head = headFields(plan);
    this.fields = [...head, ...columns.map(({ description }) => description)];
    this.#machine = plan.machine;
    this.#clock = clockIn(plan.timeZone);
    this.#types = columns.map(({ type }) => type);
    const types = [
      ...head.map((_, at) => (at === 0 ? 'timestamp' : 'string') as ParquetColumn['type']),
      ...this.#types,
    ];
    const typed = this.fields.map(({ name }, at) => ({ name: name.toWellFormed(), type: types[at] ?? 'double' }));
    this.#file = new ParquetFile(path, typed, { metadata: { perfcollector: JSON.stringify({ fields: this.fields }) } });
    this.#numbers = new Float64Array(typed.length).fill(Number.NaN);
    this.#texts = new Array<string | undefined>(typed.length).fill(undefined);
  }

  add({ timestamp, numbers, reasons, texts }: NumberRow): void {
    const first = this.#numbers.length - numbers.length;
    this.#numbers[0] = timestamp;
    this.#texts[first - 1] = this.#machine;
    if (this.#clock) this.#texts[1] = this.#clock.tell(timestamp);
    for (let column = 0; column < numbers.length; column += 1) {
      const hasValue = reasons[column] === 0;
      const number = hasValue ? (numbers[column] as number) : Number.NaN;
      this.#numbers[first + column] = number;
      this.#texts[first + column] =
        hasValue && this.#types[column] === 'string' && !Number.isNaN(number) ? String(number) : undefined;
    }
    for (const [column, text] of texts) this.#texts[first + column] = text;
    this.#file.add(this.#numbers, this.#texts);
    this.rows += 1;
  }

  finish(): void {
    this.#file.finish();
  }

  discard(): void {
    this.#file.discard();
  }
}
