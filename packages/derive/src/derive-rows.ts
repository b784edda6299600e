import type { FieldRow, Sample } from '@perfcollector/collection';
import type { FieldValue } from '@perfcollector/procfs';
import type { Column } from './columns.ts';
import { Derivation } from './derivation.ts';
import type { Interval } from './interval.ts';
import { type Na, na, reasonOf } from './na.ts';

export type Cell = FieldValue | Na;

/** Two samples of one machine and the time between them. */
export interface Step {
  readonly before: Sample | undefined;
  readonly now: Sample;
  readonly interval: Interval | Na;
}

/** Prepares the derivation of rows with these columns; the function it returns gives one cell for each column. */
export function rowDeriver(columns: readonly Column[]): (step: Step) => Cell[] {
  const derivation = new Derivation(columns);
  const rows = new LastRows(derivation);
  return ({ before, now, interval }) => {
    const rowBefore = before && rows.of(before);
    const row = rows.of(now);
    derivation.derive(rowBefore, row, interval);
    return columns.map((_, index) => cellOf(derivation, row, index));
  };
}

function cellOf({ columns, columnSlots, numbers, reasons }: Derivation, row: FieldRow, index: number): Cell {
  const reason = reasonOf(reasons[index] as number);
  if (reason !== undefined) return na(reason);
  const recorded = columns[index]?.derivation === 'value' ? row.get(columnSlots[index] as number) : undefined;
  return recorded ?? (numbers[index] as number);
}

/** The rows of the last two samples: a sample that was `now` is `before` the next time. */
class LastRows {
  readonly #derivation: Derivation;
  #last: { sample: Sample | undefined; row: FieldRow };
  #other: { sample: Sample | undefined; row: FieldRow };

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
    this.#last = { sample: undefined, row: derivation.row() };
    this.#other = { sample: undefined, row: derivation.row() };
  }

  of(sample: Sample): FieldRow {
    if (this.#last.sample !== sample) {
      [this.#last, this.#other] = [this.#other, this.#last];
      if (this.#last.sample !== sample) {
        this.#last.sample = sample;
        this.#last.row.fill(sample.fields, this.#derivation.slots);
      }
    }
    return this.#last.row;
  }
}
