import { resolve } from 'node:path';
import {
  choice,
  command,
  counted,
  formatBytes,
  type Io,
  makeDirectory,
  option,
  size,
  systemError,
  text,
  UserError,
} from '@perfcollector/cli';
import { type Damage, damageSentences, noDamage } from '@perfcollector/collection';
import { type Gathered, withInputs } from '../input/gather.ts';
import type { Input } from '../input/input.ts';
import { type InputValues, inputArgument, inputOptions, selectionOf } from '../input/options.ts';
import { isSelected, readPlacedLines } from '../input/placed-lines.ts';
import { readOrTell, readProgress } from '../input/read-progress.ts';
import { interruptible } from '../output/write-collection.ts';
import { KEYS, type Key } from '../split/part-name.ts';
import { type Part, Parts } from '../split/parts.ts';
import { LineSplitter } from '../split/split-lines-into.ts';

interface SplitPart extends Pick<Part, 'path' | 'samples' | 'events' | 'raw_lines'> {
  readonly machines: readonly string[];
  readonly runs: number;
  /** Of the lines, unpacked. */
  readonly bytes: number;
}

interface Split {
  readonly parts: readonly SplitPart[];
  /** Raw lines that no sample can hold, where raw lines had to become samples. */
  readonly raw_left_out: number;
  readonly problems: readonly string[];
}

const options = {
  ...inputOptions,
  by: option<readonly Key[]>({
    flag: '--by <keys>',
    fallback: 'machine',
    isList: true,
    about: `What a part is: ${KEYS.join(', ')}, or several of these; days and hours are in UTC.`,
    parse: (value) => keysIn(value.split(',')),
  }),
  size: size({
    flag: '--size <size>',
    fallback: '64MiB',
    least: '1KiB',
    about: 'With --by size: of a part, unpacked.',
  }),
  pack: choice({
    flag: '--pack <how>',
    fallback: 'as-input',
    choices: ['as-input', 'none', 'gz', 'zst'],
    about: 'How parts are packed: as-input, none, gz, zst.',
  }),
  outdir: text({
    flag: '-o, --outdir <dir>',
    env: 'PCR_OUTDIR',
    fallback: '.',
    about: 'Where the parts go; it is made if need be. No file that is there is written over.',
  }),
};

function keysIn(words: readonly string[]): readonly Key[] {
  const unknown = words.find((word) => !KEYS.some((key) => key === word));
  if (unknown !== undefined) throw new Error(`${JSON.stringify(unknown)} is not known; expected ${KEYS.join(', ')}`);
  return KEYS.filter((key) => words.includes(key));
}

/** Cuts collections into parts, each a whole collection that begins with the header of its run. */
export const split = command({
  args: [inputArgument],
  options,
  run({ by, size: bytes, pack, outdir, ...values }, { io, args }): Promise<Split> {
    prepareDirectory(outdir);
    return interruptible(io, 'no part was written', () =>
      withInputs({ args, values, io, spillTo: outdir }, (gathered) => {
        const { inputs } = gathered;
        const stem = (inputs.length === 1 && inputs[0]?.identifier) || 'part';
        const extension = extensionFor(pack, inputs);
        const parts = new Parts({ keys: by, directory: outdir, stem, extension, bytes });
        return splitInto(parts, gathered, { values, io });
      }),
    );
  },
  print: describe,
  problems: ({ problems }) => problems,
});

function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw systemError(`make the output directory ${path}`, error);
  }
}

function extensionFor(pack: 'as-input' | 'none' | 'gz' | 'zst', [first]: readonly Input[]): string {
  const asked = pack === 'as-input' ? (/\.(gz|zst)$/.exec(first?.path ?? '')?.[1] ?? 'none') : pack;
  return asked === 'none' ? '.json' : `.json.${asked}`;
}

async function splitInto(parts: Parts, gathered: Gathered, work: { values: InputValues; io: Io }): Promise<Split> {
  const progress = readProgress(work.io, gathered.inputs);
  const selection = selectionOf(work.values);
  const splitter = new LineSplitter(parts);
  const problems = [...gathered.problems];
  try {
    for (const input of gathered.inputs) {
      const damage = noDamage();
      await readOrTell(input, damage, async () => {
        for await (const line of readPlacedLines(input, progress.watch(input, damage)))
          if (isSelected(line, selection)) await splitter.add(line);
      });
      problems.push(...problemsOf(input, damage));
    }
    await splitter.finish();
    if (parts.all.length === 0) throw nothing(problems);
    await parts.finish();
  } finally {
    progress.close();
    await parts.discard();
  }
  return { parts: parts.all.map(reportOf), raw_left_out: splitter.leftOut, problems };
}

function problemsOf({ name }: Input, damage: Damage): string[] {
  return damageSentences(damage).map((sentence) => `${name}: ${sentence}`);
}

function nothing(problems: readonly string[]): UserError {
  return new UserError('NOTHING', `there is nothing to split\n${problems.join('\n')}`, {
    hint: 'Name collections that pcc, pcctl export or perfcollector2 wrote.',
  });
}

function reportOf({ path, samples, events, raw_lines, machines, runs, writer }: Part): SplitPart {
  return { path, samples, events, raw_lines, machines: [...machines], runs: runs.size, bytes: writer.bytes };
}

function describe({ parts, raw_left_out: leftOut }: Split): string {
  const lines = parts.map(({ path, samples, events, raw_lines: raw, bytes }) => {
    const kinds = [
      samples > 0 && counted(samples, 'sample'),
      events > 0 && counted(events, 'event'),
      raw > 0 && counted(raw, 'raw line'),
    ];
    return `${path}: ${kinds.filter(Boolean).join(', ') || 'a header alone'}, ${formatBytes(bytes)}\n`;
  });
  const note = leftOut > 0 ? `${counted(leftOut, 'raw line')} without a field left out\n` : '';
  return `${lines.join('')}${note}`;
}
