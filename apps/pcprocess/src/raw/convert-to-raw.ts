import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Io, UserError } from '@perfcollector/cli';
import { addFields, damageSentences, type Sample } from '@perfcollector/collection';
import type { Input } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import { readProgress } from '../input/read-progress.ts';
import { mergedLines } from '../merge/merge-collections.ts';
import { type SurveyedLines, surveyLines } from '../merge/merge-survey.ts';
import { Moments, sampleIn } from '../merge/moments.ts';
import type { MergeLine } from '../merge/sort-lines.ts';
import { CollectionWriter } from '../output/collection-writer.ts';
import { fileNameOf } from '../output/file-name.ts';
import { RawMaker } from './raw-of-sample.ts';

/** What was written for one machine: raw lines do not say whose they are, so each has a file of its own. */
export interface RawMachine {
  readonly machine: string;
  readonly path: string;
  readonly lines: number;
  /** Samples that lines were made of. */
  readonly samples: number;
  /** Samples of a second of which one was written already: raw lines have whole seconds. */
  readonly thinned: number;
  readonly events_left_out: number;
  /** Fields that no raw line holds, by their source; null of what no source gives. */
  readonly fields_left_out: readonly { readonly source: string | null; readonly fields: number }[];
}

export interface RawConversion {
  readonly machines: readonly RawMachine[];
  readonly problems: readonly string[];
}

export interface RawSetup {
  readonly inputs: readonly Input[];
  readonly selection: Selection;
  /** There already. */
  readonly directory: string;
  readonly packing: '' | '.gz' | '.zst';
  /** Whether files that are there are replaced. */
  readonly force?: boolean;
  readonly io: Io;
}

/**
 * Writes what perfcollector2 reads: raw lines as they are, and of samples those kernel files that can be written from their
 * fields truthfully. Lines are in the order of time, nothing comes twice. Files have their names when it is done.
 * @throws UserError where a file of that name is there, or cannot be written, or nothing can
 */
export async function convertToRaw(setup: RawSetup): Promise<RawConversion> {
  const { inputs, selection, io, directory } = setup;
  const progress = readProgress(io, [...inputs, ...inputs]);
  const files = new RawFiles(setup);
  try {
    const surveys: SurveyedLines[] = [];
    for (const input of inputs) surveys.push(await surveyLines(input, { selection, progress }));
    const merging = { selection, progress, isRaw: true, directory, onLeftOut: () => {} };
    for await (const line of mergedLines(surveys, merging)) await files.add(line);
    const machines = await files.finish();
    const problems = [...surveys.flatMap(problemsOf), ...files.problems];
    if (machines.length === 0) throw nothing(problems);
    return { machines, problems };
  } finally {
    progress.close();
    await files.discard();
  }
}

function problemsOf({ input, damage }: SurveyedLines): string[] {
  return damageSentences(damage).map((sentence) => `${input.name}: ${sentence}`);
}

function nothing(problems: readonly string[]): UserError {
  return new UserError('NOTHING', `there is nothing that raw lines could hold\n${problems.join('\n')}`, {
    hint: 'perfcollector2 knows stat, meminfo, diskstats, net/dev, statfs and containers.',
  });
}

class RawFiles {
  readonly #setup: RawSetup;
  readonly #files = new Map<string, RawFile>();
  readonly #moments = new Moments();

  constructor(setup: RawSetup) {
    this.#setup = setup;
  }

  /** Machines of which there is nothing to write. */
  get problems(): string[] {
    const empty = [...this.#files.values()].filter(({ isEmpty }) => isEmpty);
    return empty.map(({ machine }) => `${machine}: it has nothing that raw lines could hold`);
  }

  async add(line: MergeLine): Promise<void> {
    if (line.kind === 'header' || this.#moments.isDuplicate(line)) return;
    const file = this.#files.get(line.machine) ?? new RawFile(line.machine, this.#setup);
    this.#files.set(line.machine, file);
    await file.add(line);
  }

  async finish(): Promise<RawMachine[]> {
    for (const file of this.#files.values()) await file.settle();
    const written: RawMachine[] = [];
    for (const file of this.#files.values()) if (!file.isEmpty) written.push(await file.finish());
    return written;
  }

  async discard(): Promise<void> {
    for (const file of this.#files.values()) await file.discard();
  }
}

/** The raw lines of one machine. */
class RawFile {
  readonly machine: string;
  readonly #path: string;
  readonly #writer: CollectionWriter;
  readonly #maker = new RawMaker();
  /** Its fields may come in several samples of one time. */
  #held: Sample | undefined;
  #second = Number.NEGATIVE_INFINITY;
  #counts = { samples: 0, thinned: 0, events_left_out: 0 };

  constructor(machine: string, { directory, packing, force }: RawSetup) {
    this.machine = machine;
    this.#path = join(directory, `${fileNameOf(machine)}.json${packing}`);
    if (!force && existsSync(this.#path))
      throw new UserError('EXISTS', `${this.#path} is there already`, {
        hint: 'Choose another directory, or say --force to replace it.',
      });
    this.#writer = CollectionWriter.openPart(this.#path);
  }

  get isEmpty(): boolean {
    return this.#writer.lines === 0;
  }

  async add({ kind, content, time }: MergeLine): Promise<void> {
    if (kind === 'event') this.#counts.events_left_out += 1;
    else if (kind === 'raw') await this.#writer.add(content);
    else if (this.#held?.timestamp === time) addFields(this.#held, sampleIn(content));
    else {
      await this.#writeHeld();
      this.#held = sampleIn(content);
    }
  }

  /** Everything is written; the file has not its name yet. */
  async settle(): Promise<void> {
    await this.#writeHeld();
    await this.#writer.settle();
  }

  async finish(): Promise<RawMachine> {
    await this.#writer.finish();
    const left = Array.from(this.#maker.leftOut, ([source, fields]) => ({ source, fields }));
    const { machine, lines } = { machine: this.machine, lines: this.#writer.lines };
    return { machine, path: this.#path, lines, ...this.#counts, fields_left_out: left };
  }

  discard(): Promise<void> {
    return this.#writer.discard();
  }

  async #writeHeld(): Promise<void> {
    if (!this.#held) return;
    const { timestamp, fields } = this.#held;
    this.#held = undefined;
    const second = Math.floor(timestamp);
    if (second <= this.#second) {
      this.#counts.thinned += 1;
      return;
    }
    const texts = this.#maker.textsOf(fields);
    if (texts.length === 0) return;
    this.#second = second;
    this.#counts.samples += 1;
    for (const { subsystem, text } of texts) {
      const wait = this.#writer.add(Buffer.from(JSON.stringify({ timestamp: second, subsystem, measurement: text })));
      if (wait) await wait;
    }
  }
}
