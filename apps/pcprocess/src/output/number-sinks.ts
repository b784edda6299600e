import type { NumberRows, RowOutput } from '../engine/forms.ts';
import { type NaChanges, NaRecorder } from '../engine/na-changes.ts';
import type { Resampled, Resampler } from '../table/resample.ts';
import type { FinishedSink, RowSink } from './row-sink.ts';
import type { RowWriter } from './row-writers.ts';

/** Writes each row of numbers as it comes. */
export class EachRow implements RowSink {
  readonly names: readonly string[];
  readonly #writer: RowWriter;

  constructor(writer: RowWriter, names: readonly string[]) {
    this.names = names;
    this.#writer = writer;
  }

  write(output: RowOutput, na: NaChanges): NaChanges {
    const { numbers, reasons, texts } = numbersOf(output);
    const width = this.names.length;
    const textsOfRows = Map.groupBy(texts, ({ row }) => row);
    for (const [row, timestamp] of na.timestamps.entries()) {
      const own = new Map((textsOfRows.get(row) ?? []).map(({ column, text }) => [column, text]));
      const [from, to] = [row * width, (row + 1) * width];
      this.#writer.add({
        timestamp,
        numbers: numbers.subarray(from, to),
        reasons: reasons.subarray(from, to),
        texts: own,
      });
    }
    return na;
  }

  finish(): FinishedSink {
    this.#writer.finish();
    return { fields: this.#writer.fields, rows: this.#writer.rows };
  }

  discard(): void {
    this.#writer.discard();
  }
}

/** Writes rows of longer intervals. */
export class ResampledRows implements RowSink {
  readonly names: readonly string[];
  readonly #writer: RowWriter;
  readonly #resampler: Resampler;
  readonly #recorder: NaRecorder;
  readonly #indexes: Int32Array;

  constructor(writer: RowWriter, resampler: Resampler, names: readonly string[]) {
    this.names = names;
    this.#writer = writer;
    this.#resampler = resampler;
    this.#recorder = new NaRecorder(names.length);
    this.#indexes = Int32Array.from(names.keys());
  }

  write(output: RowOutput, { timestamps }: NaChanges): NaChanges {
    return this.#use(this.#resampler.add(numbersOf(output), timestamps));
  }

  finish(): FinishedSink {
    const na = this.#use(this.#resampler.end());
    this.#writer.finish();
    return { fields: this.#writer.fields, na, rows: this.#writer.rows };
  }

  discard(): void {
    this.#writer.discard();
  }

  #use(rows: readonly Resampled[]): NaChanges {
    for (const row of rows) {
      this.#recorder.add(row.timestamp, { reasons: row.reasons, indexes: this.#indexes }, false);
      this.#writer.add(row);
    }
    return this.#recorder.take();
  }
}

function numbersOf(output: RowOutput): NumberRows {
  if (output.kind !== 'numbers') throw new Error('BUG: a text came for rows of numbers');
  return output;
}
