import type { RowOutput } from '../engine/forms.ts';
import type { NaChanges } from '../engine/na-changes.ts';
import { quoted } from '../engine/text-buffer.ts';
import type { FieldDescription } from '../layouts/layout.ts';
import { OutputFile } from './output-file.ts';
import type { FinishedSink, RowSink } from './row-sink.ts';

/** A CSV of rows that come as text. */
export class TextSink implements RowSink {
  readonly names: readonly string[];
  readonly #file: OutputFile;
  readonly #fields: readonly FieldDescription[];
  #rows = 0;
  #leftOut = 0;

  /** @param names of the columns whose values may be missing */
  constructor(path: string, fields: readonly FieldDescription[], names: readonly string[]) {
    this.names = names;
    this.#fields = fields;
    this.#file = new OutputFile(path);
    this.#file.write(`${fields.map(({ name }) => quoted(name)).join(',')}\n`);
  }

  write(rows: RowOutput, na: NaChanges): NaChanges {
    if (rows.kind !== 'text') throw new Error('BUG: rows of numbers came for a text');
    this.#file.write(rows.bytes);
    this.#rows += na.timestamps.length * (rows.leftOut === undefined ? 1 : this.names.length);
    this.#leftOut += rows.leftOut ?? 0;
    return na;
  }

  finish(): FinishedSink {
    this.#file.finish();
    return { fields: this.#fields, rows: this.#rows - this.#leftOut, leftOut: this.#leftOut };
  }

  discard(): void {
    this.#file.discard();
  }
}
