import type { FieldDescription } from '../layouts/layout.ts';
import type { ParquetColumn } from '../layouts/parquet/column.ts';
import type { TableColumn } from './columns.ts';
import { describeColumn } from './describe.ts';
import type { ResampledColumn, Statistic } from './resample.ts';

/** A column of a table of numbers, or one of the statistics of one. */
export interface OutputColumn {
  readonly of: TableColumn;
  /** What stands behind the name of its metric. */
  readonly suffix: string;
  readonly description: FieldDescription;
  readonly type: ParquetColumn['type'];
}

/** @param types of the columns, where they are known from their values */
export function outputColumns(
  columns: readonly TableColumn[],
  types: readonly ParquetColumn['type'][] = [],
): OutputColumn[] {
  return columns.map((of, at) => {
    const description = describeColumn(of);
    return { of, suffix: '', description, type: types[at] ?? (description.type === 'string' ? 'string' : 'double') };
  });
}

const STATISTICS: Readonly<Record<string, string>> = { mean: 'Mean', min: 'Least', max: 'Greatest' };

/** Where there is more than one statistic, each has a column and stands behind the name. */
export function resampledColumns(columns: readonly TableColumn[], statistics: readonly Statistic[]): OutputColumn[] {
  return columns.flatMap((of) => {
    if (kindOf(of) === 'text') return outputColumns([of]);
    return statistics.map((statistic) => {
      const suffix = statistics.length > 1 ? `_${statistic}` : '';
      const plain = describeColumn(of);
      const what = STATISTICS[statistic] ?? `${statistic.slice(1)}th percentile`;
      const description = { ...plain, name: `${plain.name}${suffix}`, statistic: `${what} of the interval.` };
      return { of, suffix, description, type: 'double' as const };
    });
  });
}

export function kindOf({ column: { info, derivation } }: TableColumn): ResampledColumn['kind'] {
  if (info?.spec.kind === 'label') return 'text';
  return derivation === 'value' ? 'gauge' : 'rate';
}
