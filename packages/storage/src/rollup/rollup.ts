/**
 * A machine's fields over minutes or hours as a frame: for each bucket of time the lowest, the mean and the highest value
 * of a gauge, and how far a counter moved. Roll-ups are made of samples, and coarser ones of finer ones, with nothing lost
 * in between but the time within a bucket.
 *
 * Columns: `:start :first :last :samples`, and a letter and the field's name for what gauge.ts and counter.ts say. A column
 * in which every bucket has 0 is left out, as most are.
 */
import type { SampleTable } from '../chunk/chunk.ts';
import { DamagedError } from '../frame/byte-reader.ts';
import { Column, OTHER } from '../frame/column.ts';
import { encodeFrame, Frame } from '../frame/frame.ts';
import { type Buckets, bucketsOf } from './buckets.ts';
import {
  type BucketTimes,
  type CounterParts,
  counterColumns,
  counterFrom,
  counterOfSamples,
  mergeCounter,
} from './counter.ts';
import type { FieldKind } from './field-kind.ts';
import { type GaugeParts, gaugeColumns, gaugeFrom, gaugeOfSamples, mergeGauge } from './gauge.ts';

export type FieldParts =
  | { readonly kind: 'gauge'; readonly parts: GaugeParts }
  | { readonly kind: 'counter'; readonly parts: CounterParts; readonly wraps32: boolean };

/** A machine's fields in consecutive pieces of time. */
export interface Pieces extends BucketTimes {
  /** How many samples are in each. */
  readonly samples: Float64Array;
  readonly fields: readonly string[];
  /** Undefined where it has no such field, or it is a label. */
  field(name: string): FieldParts | undefined;
  /** The one number that a field has in every sample, where that is known without looking at the samples one by one. */
  constant?(name: string): Constant | undefined;
}

interface Constant {
  readonly kind: 'gauge' | 'counter';
  readonly mantissa: number;
  readonly scale: number;
}

/** Each sample is a piece. */
export function piecesOfSamples(table: SampleTable, kindOf: (field: string) => FieldKind): Pieces {
  const { ms, fields } = table;
  return {
    firstMs: ms,
    lastMs: ms,
    samples: new Float64Array(ms.length).fill(1),
    fields,
    field(name) {
      const column = table.column(name);
      const { kind, wraps32 } = kindOf(name);
      if (!column || kind === 'label') return undefined;
      if (kind === 'counter') return { kind, parts: counterOfSamples(column, ms), wraps32 };
      return { kind, parts: gaugeOfSamples(column) };
    },
    constant(name) {
      const column = table.column(name);
      const { kind } = kindOf(name);
      if (!column || kind === 'label' || !isConstant(column)) return undefined;
      return { kind, mantissa: column.mantissas[0] as number, scale: column.scales[0] as number };
    },
  };
}

function isConstant({ mantissas, scales, rows }: Column): boolean {
  const [mantissa, scale] = [mantissas[0], scales[0] as number];
  if (scale >= OTHER) return false;
  for (let row = 1; row < rows; row += 1) if (mantissas[row] !== mantissa || scales[row] !== scale) return false;
  return true;
}

/** Rolls pieces up into buckets of a length, as a frame. */
export function encodeRollup(pieces: Pieces, lengthMs: number): Uint8Array {
  const buckets = bucketsOf(pieces.firstMs, lengthMs);
  const { samples, firstMs, lastMs } = bucketTotals(pieces, buckets);
  const columns = new Map<string, Column>();
  for (const [name, values] of [
    [START, buckets.starts],
    [FIRST, firstMs],
    [LAST, lastMs],
    [SAMPLES, samples],
  ] as const)
    columns.set(name, wholeNumbers(values));
  for (const name of pieces.fields) {
    const constant = pieces.constant?.(name);
    if (constant) {
      columns.set((constant.kind === 'gauge' ? 'm' : 'f') + name, constantColumn(constant, buckets.count));
      continue;
    }
    const field = pieces.field(name);
    if (!field) continue;
    const own =
      field.kind === 'gauge'
        ? gaugeColumns(mergeGauge(field.parts, buckets), samples)
        : counterColumns(mergeCounter(field.parts, buckets, field.wraps32), { firstMs, lastMs });
    for (const [letter, column] of Object.entries(own)) columns.set(letter + name, column);
  }
  return encodeFrame(buckets.count, columns);
}

const [START, FIRST, LAST, SAMPLES] = [':start', ':first', ':last', ':samples'];

function bucketTotals({ samples, firstMs, lastMs }: Pieces, { bucketOf, count }: Buckets) {
  const totals = {
    samples: new Float64Array(count),
    firstMs: new Float64Array(count).fill(Infinity),
    lastMs: new Float64Array(count).fill(-Infinity),
  };
  for (const [at, bucket] of bucketOf.entries()) {
    (totals.samples[bucket] as number) += samples[at] as number;
    totals.firstMs[bucket] = Math.min(totals.firstMs[bucket] as number, firstMs[at] as number);
    totals.lastMs[bucket] = Math.max(totals.lastMs[bucket] as number, lastMs[at] as number);
  }
  return totals;
}

function constantColumn({ mantissa, scale }: Constant, rows: number): Column {
  const column = new Column(rows);
  column.mantissas.fill(mantissa);
  column.scales.fill(scale);
  return column;
}

function wholeNumbers(values: Float64Array): Column {
  const column = new Column(values.length);
  for (const [row, value] of values.entries()) column.setDecimal(row, value, 0);
  return column;
}

/** A roll-up that is being read. @throws DamagedError */
export function piecesOfRollup(bytes: Uint8Array, kindOf: (field: string) => FieldKind): Pieces {
  const frame = new Frame(bytes);
  const own = (name: string) => {
    const column = frame.column(name);
    if (!column) throw new DamagedError(`its column ${name} is missing`);
    return column.mantissas;
  };
  const [firstMs, lastMs, samples] = [own(FIRST), own(LAST), own(SAMPLES)];
  const fields = frame.names.filter((name) => /^[mf]/.test(name)).map((name) => name.slice(1));
  return {
    firstMs,
    lastMs,
    samples,
    fields,
    field(name) {
      const column = (letter: string) => frame.column(letter + name);
      if (frame.has(`m${name}`)) return { kind: 'gauge', parts: gaugeFrom(column, samples) };
      if (!frame.has(`f${name}`)) return undefined;
      return { kind: 'counter', parts: counterFrom(column, { firstMs, lastMs }), wraps32: kindOf(name).wraps32 };
    },
  };
}
