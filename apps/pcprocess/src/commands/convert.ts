import { join, resolve } from 'node:path';
import { choice, command, type Io, makeDirectory, systemError, text, UserError } from '@perfcollector/cli';
import { damageSentences } from '@perfcollector/collection';
import { withInputs } from '../input/gather.ts';
import { type Input, readSamples } from '../input/input.ts';
import { mergeByTime } from '../input/merge-by-time.ts';
import { inputArgument, inputOptions, type Selection, selectionOf } from '../input/options.ts';
import { type Survey, surveyInputs } from '../input/survey.ts';
import { layOut } from '../layouts/lay-out.ts';
import type { MachineSetup, MachineTables, TableFile } from '../layouts/layout.ts';
import { portalOptions } from '../layouts/portal/options.ts';
import { portalTables } from '../layouts/portal/portal-tables.ts';
import { readContainerNames, sarOptions } from '../layouts/sar/options.ts';
import { sarTables } from '../layouts/sar/sar-tables.ts';
import { type Table, WideTable } from '../wide-table.ts';

interface Converted {
  readonly tables: readonly Table[];
  /** What could not be read, as sentences; everything else is in the tables. */
  readonly problems: readonly string[];
}

/** Converts collections into wide CSV, one file a machine, in constant memory: read once for the columns, once for the rows. */
export const convert = command({
  args: [inputArgument],
  options: {
    ...inputOptions,
    layout: choice({
      flag: '--layout <layout>',
      choices: ['wide', 'sar', 'portal'],
      fallback: 'wide',
      about: "What is written: a wide CSV a machine; perfcollector2's directory (sar); what its portal imports.",
    }),
    ...sarOptions,
    ...portalOptions,
    outdir: text({
      flag: '--outdir <dir>',
      env: 'PCR_OUTDIR',
      fallback: '.',
      about: 'Where the CSVs go; it is made if need be.',
    }),
  },
  async run({ outdir, layout, ...values }, { io, args }): Promise<Converted> {
    const containerNames = readContainerNames(values.containerNames);
    const make = {
      wide: undefined,
      sar: (setup: MachineSetup) => sarTables(setup, { containerNames }),
      portal: (setup: MachineSetup) => portalTables(setup, values),
    }[layout];
    prepareDirectory(outdir);
    try {
      return await withInputs({ args, values, io, spillTo: outdir }, async ({ inputs, problems: unreadable }) => {
        const laidOut = make && { inputs, outdir, io, make, selection: selectionOf(values) };
        const { tables, problems } = laidOut ? await layOutAll(laidOut) : await convertAll(inputs, outdir, io);
        if (tables.length === 0) throw nothing([...unreadable, ...problems], args);
        return { tables, problems: [...unreadable, ...problems] };
      });
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: no CSV was written') : error;
    }
  },
  print: ({ tables }) => tables.map(describe).join(''),
  problems: ({ problems }) => problems,
});

function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw systemError(`make the output directory ${path}`, error);
  }
}

async function convertAll(inputs: readonly Input[], outdir: string, io: Io): Promise<Converted> {
  const { signal } = io;
  const survey = await surveyInputs(inputs, signal);
  const tables = new Map<string, WideTable>();
  try {
    for (const [machine, fields] of survey.fields) tables.set(machine, new WideTable(machine, outdir, fields));
    for await (const sample of mergeByTime(streamsOf(survey))) {
      signal.throwIfAborted();
      await tables.get(sample.machine)?.add(sample);
    }
    const finished: Table[] = [];
    for (const table of tables.values()) finished.push(await table.finish());
    return { tables: finished, problems: problemsOf(survey) };
  } catch (error) {
    for (const table of tables.values()) table.discard();
    throw error;
  }
}

interface Layout {
  readonly inputs: readonly Input[];
  readonly outdir: string;
  readonly io: Io;
  readonly make: (setup: MachineSetup) => MachineTables;
  readonly selection: Selection;
}

async function layOutAll({ inputs, outdir, io: { signal }, make, selection }: Layout): Promise<Converted> {
  const survey = await surveyInputs(inputs, signal);
  const isOneOfMany = [...survey.fields.keys()].filter(selection.isMachine).length > 1;
  const tablesOf = (machine: string) => make({ machine, directory: outdir, isOneOfMany, noteNa: () => {} });
  const files = await layOut({ survey, selection, signal, tablesOf });
  return { tables: files.map((file) => tableOf(file, outdir)), problems: problemsOf(survey) };
}

function tableOf({ machine, path, rows, fields }: TableFile, outdir: string): Table {
  const counts = { duplicates: 0, gaps: 0, outOfOrder: 0 };
  return { machine, path: join(outdir, path), rows, columns: fields.length, ...counts };
}

function streamsOf({ inputs }: Survey) {
  return inputs.flatMap(({ input, first }) => (first === undefined ? [] : [{ first, open: () => readSamples(input) }]));
}

function problemsOf({ inputs }: Survey): string[] {
  return inputs.flatMap(({ input, samples, damage }) => {
    const sentences = damageSentences(damage);
    if (samples === 0) sentences.unshift('it holds no sample');
    return sentences.map((sentence) => `${input.name}: ${sentence}`);
  });
}

function nothing(problems: readonly string[], names: readonly string[]): UserError {
  return new UserError('NO_SAMPLES', `there is nothing to convert in ${names.join(', ')}\n${problems.join('\n')}`, {
    hint: 'Name collections that pcc, pcctl export or perfcollector2 wrote.',
  });
}

function describe({ machine, path, rows, columns, duplicates, gaps, outOfOrder }: Table): string {
  const notes = [
    gaps > 0 && `${gaps} intervals with missed samples`,
    duplicates > 0 && `${duplicates} duplicates left out`,
    outOfOrder > 0 && `${outOfOrder} samples out of order`,
  ].filter(Boolean);
  return `${machine}: ${rows} rows, ${columns} columns in ${path}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}\n`;
}
