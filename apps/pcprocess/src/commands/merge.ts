import { command, counted, formatTime, type Io, UserError } from '@perfcollector/cli';
import { damageSentences } from '@perfcollector/collection';
import { type Gathered, withInputs } from '../input/gather.ts';
import { type InputValues, inputArgument, inputOptions, selectionOf } from '../input/options.ts';
import { readProgress } from '../input/read-progress.ts';
import { mergedLines } from '../merge/merge-collections.ts';
import { canStayRaw, type SurveyedLines, surveyLines } from '../merge/merge-survey.ts';
import { type MergedMachine, MergeWriter } from '../merge/merge-writer.ts';
import { asidePlace, checkOutput, outputOption } from '../output/options.ts';
import { interruptible, reportOf, writeCollection } from '../output/write-collection.ts';

interface Merged {
  readonly output: string;
  readonly format: 'collection' | 'raw';
  readonly inputs: number;
  readonly machines: readonly MergedMachine[];
  readonly runs: number;
  readonly duplicates: number;
  /** Raw lines that no sample can hold: facts, and kernel files that no source reads. */
  readonly raw_left_out: number;
  /** Runs whose headers say different things; the first one's was written. */
  readonly differing_headers: readonly string[];
  readonly problems: readonly string[];
}

/** Puts collections together into one, in the order of time. Lines stay as they are, also what is not known of them. */
export const merge = command({
  args: [inputArgument],
  options: { ...inputOptions, output: outputOption },
  run({ output, ...values }, { io, args, isJson }): Promise<Merged> {
    checkOutput(output, isJson);
    return interruptible(io, 'nothing was written', () =>
      withInputs({ args, values, io, spillTo: asidePlace(output) }, (gathered) =>
        mergeInto(output, gathered, { values, io }),
      ),
    );
  },
  print: (merged, _, context) => reportOf(merged.output, context, describe(merged)),
  problems: ({ problems }) => problems,
});

interface Work {
  readonly values: InputValues;
  readonly io: Io;
}

async function mergeInto(output: string, { inputs, problems }: Gathered, { values, io }: Work): Promise<Merged> {
  const selection = selectionOf(values);
  // Everything is read twice: once to know where each input begins and whether it is in order.
  const progress = readProgress(io, [...inputs, ...inputs]);
  try {
    return await writeCollection(output, { inputs, io }, async (writer) => {
      const surveys: SurveyedLines[] = [];
      for (const input of inputs) surveys.push(await surveyLines(input, { selection, progress }));
      const all = [...problems, ...surveys.flatMap(problemsOf)];
      if (surveys.every(({ machines }) => machines.size === 0)) throw nothing(all);
      const isRaw = canStayRaw(surveys);
      const merging = new MergeWriter(writer);
      let leftOut = 0;
      const onLeftOut = (lines: number) => {
        leftOut += lines;
      };
      const setup = { selection, progress, isRaw, directory: asidePlace(output), onLeftOut };
      for await (const line of mergedLines(surveys, setup)) await merging.add(line);
      return {
        output,
        format: isRaw ? 'raw' : 'collection',
        inputs: inputs.length,
        machines: [...merging.machines.values()],
        runs: merging.runs,
        duplicates: merging.duplicates,
        raw_left_out: leftOut,
        differing_headers: [...merging.differing],
        problems: all,
      };
    });
  } finally {
    progress.close();
  }
}

function problemsOf({ input, machines, damage }: SurveyedLines): string[] {
  const sentences = damageSentences(damage);
  if (machines.size === 0) sentences.unshift('it holds nothing of what is wanted');
  return sentences.map((sentence) => `${input.name}: ${sentence}`);
}

function nothing(problems: readonly string[]): UserError {
  return new UserError('NOTHING', `there is nothing to merge\n${problems.join('\n')}`, {
    hint: 'Name collections that pcc, pcctl export or perfcollector2 wrote.',
  });
}

function describe(merged: Merged): string {
  const { output, format, machines, runs, duplicates, raw_left_out: leftOut, differing_headers: differing } = merged;
  const where = output === '-' ? 'standard output' : output;
  const lines = machines.map(
    ({ machine, samples, events, raw_lines: raw, first, last }) =>
      `  ${machine}: ${format === 'raw' ? counted(raw, 'raw line') : counted(samples, 'sample')}${events > 0 ? `, ${counted(events, 'event')}` : ''}, ${formatTime(first)} to ${formatTime(last)}\n`,
  );
  const notes = [
    duplicates > 0 && `${counted(duplicates, 'duplicate')} left out`,
    leftOut > 0 && `${counted(leftOut, 'raw line')} without a field left out`,
    differing.length > 0 && `${counted(differing.length, 'run')} with different headers, the first of which was kept`,
  ].filter(Boolean);
  const heading = `${where}: ${counted(machines.length, 'machine')}, ${counted(runs, 'run')}`;
  return `${heading}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}\n${lines.join('')}`;
}
