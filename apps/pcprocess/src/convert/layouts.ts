import { type TablePlan, workOut } from '../engine/plan.ts';
import type { ParquetColumn } from '../layouts/parquet/column.ts';
import { EachRow, ResampledRows } from '../output/number-sinks.ts';
import type { RowSink } from '../output/row-sink.ts';
import { LongWriter, ParquetWriter, type RowWriter, WideWriter, type WriterSetup } from '../output/row-writers.ts';
import { TextSink } from '../output/text-sink.ts';
import { describeColumn, headFields, longFields } from '../table/describe.ts';
import { kindOf, outputColumns, resampledColumns } from '../table/output-columns.ts';
import { Resampler, type Statistic } from '../table/resample.ts';

/** The layouts that have a row a sample, or a longer interval. */
export type RowLayout = 'wide' | 'long' | 'parquet';

/** Rows of a longer interval than that of the samples. */
export interface Resampling {
  /** Seconds. */
  readonly interval: number;
  readonly statistics: readonly Statistic[];
}

export interface SinkSetup {
  readonly path: string;
  readonly plan: TablePlan;
  readonly layout: RowLayout;
  readonly resampling: Resampling | undefined;
  /** Of a Parquet file's columns. */
  readonly types?: readonly ParquetColumn['type'][] | undefined;
}

/** Text is made where the rows are; everything else is made of numbers. */
export function formOf(layout: RowLayout, resampling: Resampling | undefined): TablePlan['form'] {
  return layout === 'parquet' || resampling ? 'numbers' : layout;
}

export const SUFFIX: Readonly<Record<RowLayout, string>> = { wide: '.csv', long: '.long.csv', parquet: '.parquet' };

export function openSink({ path, plan, layout, resampling, types }: SinkSetup): RowSink {
  const { columns } = workOut(plan);
  if (resampling) {
    const { interval, statistics } = resampling;
    const made = resampledColumns(columns, statistics);
    const kinds = columns.map((column) => ({ kind: kindOf(column) }));
    const names = made.map(({ description }) => description.name);
    const writer = openWriter(layout, { path, plan, columns: made });
    return new ResampledRows(writer, new Resampler(interval, kinds, statistics), names);
  }
  const names = columns.map(({ name }) => name);
  if (plan.form === 'wide') return new TextSink(path, [...headFields(plan), ...columns.map(describeColumn)], names);
  if (plan.form === 'long') return new TextSink(path, longFields(plan), names);
  return new EachRow(openWriter(layout, { path, plan, columns: outputColumns(columns, types) }), names);
}

function openWriter(layout: RowLayout, setup: WriterSetup): RowWriter {
  if (layout === 'wide') return new WideWriter(setup);
  return layout === 'long' ? new LongWriter(setup) : new ParquetWriter(setup);
}
