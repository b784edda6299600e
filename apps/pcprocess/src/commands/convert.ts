import { join } from 'node:path';
import { command, counted } from '@perfcollector/cli';
import { tableOptions } from '../convert/options.ts';
import type { Converted, ConvertedMachine } from '../convert/run.ts';
import { inputArgument, inputOptions } from '../input/options.ts';
import type { RawConversion } from '../raw/convert-to-raw.ts';
import { describeRaw } from '../raw/describe-raw.ts';

/** Converts collections into tables, in constant memory. */
export const convert = command({
  args: [inputArgument],
  options: { ...inputOptions, ...tableOptions },
  async run(values, context): Promise<Converted | RawConversion> {
    // Not before: who asks for help waits for none of it.
    const { convertInto, convertRaw } = await import('../convert/run.ts');
    const { layout } = values;
    return layout === 'raw' || values.to === 'raw' ? convertRaw(values, context) : convertInto(layout, values, context);
  },
  print: (result) => ('tables' in result ? describeTables(result) : describeRaw(result)),
  problems: ({ problems }) => problems,
});

function describeTables({ outdir, tables }: Converted): string {
  return tables.map((table) => describe(outdir, table)).join('');
}

function describe(outdir: string, machine: ConvertedMachine): string {
  const { files, rows, columns, duplicates, gaps, outOfOrder } = machine;
  const notes = [
    gaps > 0 && `${counted(gaps, 'interval')} with missed samples`,
    duplicates > 0 && `${counted(duplicates, 'duplicate')} left out`,
    outOfOrder > 0 && `${counted(outOfOrder, 'sample')} out of order put in their place`,
  ].filter(Boolean);
  const only = files.length === 1 ? files[0] : undefined;
  const path = only ? join(outdir, only.path) : `${files.length} files in ${outdir}`;
  const behind = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return `${machine.machine}: ${counted(only?.rows ?? rows, 'row')}, ${counted(columns, 'column')} in ${path}${behind}\n`;
}
