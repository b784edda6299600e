import type { RowSink } from '../convert/tables.ts';
import type { RowOutput } from '../engine/forms.ts';
import { quoted } from '../engine/text-buffer.ts';
import type { FieldDescription } from '../layouts/layout.ts';
import { OutputFile } from './output-file.ts';

/** A CSV of rows that come as text. */
export class TextSink implements RowSink {
  readonly #file: OutputFile;
  readonly #fields: readonly FieldDescription[];

  constructor(path: string, fields: readonly FieldDescription[]) {
    this.#fields = fields;
    this.#file = new OutputFile(path);
    this.#file.write(`${fields.map(({ name }) => quoted(name)).join(',')}\n`);
  }

  write(rows: RowOutput): void {
    if (rows.kind !== 'text') throw new Error('BUG: rows of numbers came for a text');
    this.#file.write(rows.bytes);
  }

  async finish(): Promise<readonly FieldDescription[]> {
    this.#file.finish();
    return this.#fields;
  }

  discard(): void {
    this.#file.discard();
  }
}
