import { statSync } from 'node:fs';
import { command, counted, formatBytes, type Io, UserError } from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { damageSentences } from '@perfcollector/collection';
import { withInputs } from '../input/gather.ts';
import type { Input } from '../input/input.ts';
import { asidePlace, checkOutput, outputOption } from '../output/options.ts';
import { interruptible, reportOf, writeCollection } from '../output/write-collection.ts';
import { leftOutSentences } from '../repair/left-out.ts';
import { type Repaired, repairCollection } from '../repair/repair-collection.ts';

interface Report {
  readonly input: string;
  readonly output: string;
  readonly lines: Repaired['kept'];
  /** Of these lines, those that something unreadable stood before. */
  readonly rescued: number;
  readonly left_out: { readonly lines: number; readonly bytes: number; readonly packed_bytes: number };
  /** The stretches of lines that were left out. */
  readonly stretches: Repaired['leftOut']['stretches'];
  /** Everything that was left out, as sentences. */
  readonly sentences: readonly string[];
}

/**
 * Writes what can be read of a damaged collection. Leaving out is what it is for, so it is done when that is done: only
 * where nothing can be saved, or written, it fails.
 */
export const repair = command({
  args: [{ name: '<file>', about: 'The damaged collection, packed or not; - is standard input.' }],
  options: { output: outputOption },
  run({ output }, { io, args, isJson }): Promise<Report> {
    checkOutput(output, isJson);
    return interruptible(io, 'nothing was written', () =>
      withInputs({ args, values: noValues, io, spillTo: asidePlace(output) }, async ({ inputs, problems }) => {
        const [input] = inputs;
        if (!input) throw new UserError('UNREADABLE', problems.join('\n'));
        if (inputs.length > 1)
          throw new UserError('MANY', `${args[0]} names ${inputs.length} files`, { hint: 'Repair them one by one.' });
        return reportFrom(await repairInto(output, input, io), { input: input.name, output });
      }),
    );
  },
  print: (report, _, context) => reportOf(report.output, context, describe(report)),
});

const noValues = { collection: undefined, identifier: undefined };

async function repairInto(output: string, input: Input, io: Io): Promise<Repaired> {
  const progress = openProgress(io, 1000);
  progress.begin(input.name, statSync(input.path).size);
  try {
    return await writeCollection(output, { inputs: [input], io }, async (writer) => {
      const repaired = await repairCollection(input, writer, {
        signal: io.signal,
        onBytes: (bytes) => progress.add(bytes),
      });
      if (writer.lines === 0) throw nothing(input, repaired);
      return repaired;
    });
  } finally {
    progress.close();
  }
}

function nothing({ name }: Input, { damage }: Repaired): UserError {
  const why = damageSentences(damage).slice(0, 5).join('\n');
  return new UserError('NOTHING_SAVED', `there is no line of a collection in ${name}${why && `\n${why}`}`, {
    hint: 'Is it a collection? Nothing was written.',
  });
}

function reportFrom(repaired: Repaired, { input, output }: { input: string; output: string }): Report {
  const { kept, rescued, leftOut, damage, packedBytes } = repaired;
  return {
    input,
    output,
    lines: kept,
    rescued,
    left_out: { lines: leftOut.lines, bytes: leftOut.bytes, packed_bytes: packedBytes },
    stretches: leftOut.stretches,
    sentences: leftOutSentences(leftOut, damage),
  };
}

function describe({ input, output, lines, rescued, left_out: leftOut, sentences }: Report): string {
  const kinds = (['header', 'sample', 'event'] as const)
    .filter((kind) => lines[kind] > 0)
    .map((kind) => counted(lines[kind], kind));
  if (lines.raw > 0) kinds.push(counted(lines.raw, 'raw line'));
  const total = leftOut.bytes + leftOut.packed_bytes;
  const out = sentences.length === 0 ? 'nothing was left out' : `${formatBytes(total)} were left out`;
  const saved = rescued > 0 ? `, ${counted(rescued, 'line')} rescued from behind damage` : '';
  const where = output === '-' ? '' : ` in ${output}`;
  return `${input}: ${kinds.join(', ')}${where}; ${out}${saved}\n${sentences.map((one) => `  ${one}\n`).join('')}`;
}
