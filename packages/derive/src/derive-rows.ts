import type { Sample } from '@perfcollector/collection';
import type { FieldValue } from '@perfcollector/procfs';
import type { Column } from './columns.ts';
import { type CounterPair, deviceDeltas, kernelDelta } from './counter.ts';
import type { Interval } from './interval.ts';
import { isNa, type Na, na } from './na.ts';
import { timeShares } from './shares.ts';

export type Cell = FieldValue | Na;

/** Two samples of one machine and the time between them. */
export interface Step {
  readonly before: Sample | undefined;
  readonly now: Sample;
  readonly interval: Interval | Na;
}

/**
 * Prepares the derivation of rows with these columns; the function it returns gives one cell for each column.
 * Raw counters become rates and percentages here and nowhere else.
 */
export function rowDeriver(columns: readonly Column[]): (step: Step) => Cell[] {
  const devices = [...Map.groupBy(indexed(columns), ({ column }) => deviceOf(column)).values()];
  const plans = devices.map(planFor);
  return (step) => {
    const cells: Cell[] = columns.map((column) => recorded(column, step.now));
    for (const derive of plans) derive(step, cells);
    return cells;
  };
}

interface Indexed {
  readonly column: Column;
  readonly index: number;
}

function indexed(columns: readonly Column[]): Indexed[] {
  return columns.map((column, index) => ({ column, index }));
}

function deviceOf({ info, field }: Column): string {
  return info ? `${info.groupSpec.group}\0${info.groupSpec.device}\0${info.device}` : `\0${field}`;
}

type Derive = (step: Step, cells: Cell[]) => void;

/** How the derived columns of one device (or of the whole machine) are worked out. */
function planFor(columns: readonly Indexed[]): Derive {
  const shares = columns.filter(({ column }) => column.derivation === 'share');
  const rates = columns.filter(({ column }) => column.derivation === 'rate');
  const isWithin = ({ column: { info } }: Indexed) => info?.groupSpec.sharesWithin?.includes(info.stat) ?? false;
  const parts = shares.filter((column) => !isWithin(column));
  const within = shares.filter(isWithin);
  const hasDevice = columns[0]?.column.info?.groupSpec.device !== 'none';
  return (step, cells) => {
    if (shares.length > 0) {
      const pair = ({ column }: Indexed) => pairOf(column, step);
      const derived = timeShares({ parts: parts.map(pair), within: within.map(pair) });
      put(cells, { columns: parts, values: derived.parts, step });
      put(cells, { columns: within, values: derived.within, step });
    }
    if (rates.length > 0) {
      const pairs = rates.map(({ column }) => pairOf(column, step));
      const deltas = hasDevice ? deviceDeltas(pairs) : pairs.map(kernelDelta);
      const { interval } = step;
      const values = isNa(interval) ? deltas : deltas.map((delta) => (isNa(delta) ? delta : delta / interval.seconds));
      put(cells, { columns: rates, values, step });
    }
  };
}

function pairOf({ field, info }: Column, { before, now }: Step): CounterPair {
  return { before: before && fieldOf(before, field), now: fieldOf(now, field), wraps32: info?.spec.wraps32 === true };
}

/** The field as it was recorded; a word where the catalogue knows a number would spoil the whole column. */
function recorded({ field, info }: Column, sample: Sample): Cell {
  const value = fieldOf(sample, field);
  if (value === undefined) return na('absent');
  const isWord = typeof value === 'string' && !/^\d+$/.test(value);
  return isWord && info && info.spec.kind !== 'label' ? na('unreadable') : value;
}

/** Own fields only: `toString` is a name that a foreign collection may have, and every object has it. */
function fieldOf({ fields }: Sample, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A field that is absent is so for no other reason; else an interval without a length comes first. */
function put(cells: Cell[], row: { columns: readonly Indexed[]; values: readonly (number | Na)[]; step: Step }): void {
  const { interval } = row.step;
  for (const [at, { index }] of row.columns.entries()) {
    const value = row.values[at] ?? na('absent');
    const isAbsent = isNa(value) && value.na === 'absent';
    cells[index] = isNa(interval) && !isAbsent ? interval : value;
  }
}
