import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemError } from '@perfcollector/cli';
import {
  type Damage,
  type Header,
  noDamage,
  openFile,
  processorsIn,
  Runs,
  readCollection,
  type Sample,
} from '@perfcollector/collection';
import type { ProcessorDetails } from '@perfcollector/procfs';

/** A collection that can be read twice: once for its columns, once for its rows. */
export interface Input {
  /** As the user named it. */
  readonly name: string;
  readonly path: string;
  /** The machine of lines that do not name one. */
  readonly identifier: string;
}

/** A sample, whose it is, and what its run's header said. */
export interface MachineSample {
  readonly machine: string;
  readonly sample: Sample;
  readonly header: Header | undefined;
  /** What lines of perfcollector2 told of the processors before it. */
  readonly processors?: ProcessorDetails | undefined;
}

/** What stands for standard input on the command line. */
export const STDIN = '-';

/** perfcollector2's files do not say which machine they are of: there the file's name does. */
export function inputAt(path: string, identifier: string | undefined): Input {
  return { name: path, path, identifier: identifier ?? basename(path).replace(/(\.(json|jsonl|ndjson|gz|zst))+$/, '') };
}

/** Bytes, as far as there is such a file. */
export function sizeOf(inputs: readonly Input[]): number {
  return inputs.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** What can be read only once (standard input, a pipe) and therefore was put aside in a file, until `remove`. */
export interface Spilled extends Input {
  remove(): void;
}

/** @throws UserError where it cannot be read or put aside; the signal's reason where it comes meanwhile */
export async function spill(stream: Readable, input: Input, { directory, signal }: SpillPlace): Promise<Spilled> {
  const path = join(directory, `.pcprocess-${process.pid}-${randomBytes(4).toString('hex')}`);
  const remove = () => rmSync(path, { force: true });
  try {
    await pipeline(stream, createWriteStream(path), { signal });
  } catch (error) {
    remove();
    if (signal.aborted) throw error;
    throw systemError(`put ${input.name} aside in ${path}`, error);
  }
  return { ...input, path, remove };
}

export interface SpillPlace {
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Reads the samples of a collection, in its order. @throws the file system's error where it cannot be opened */
export async function* readSamples(input: Input, damage: Damage = noDamage()): AsyncGenerator<MachineSample> {
  const runs = new Runs();
  let processors: ProcessorDetails | undefined;
  for await (const entry of readCollection(openFile(input.path), damage)) {
    runs.add(entry);
    if (entry.kind === 'facts') processors ??= processorsIn(entry.value);
    if (entry.kind !== 'sample') continue;
    const machine = runs.machineOf(entry) ?? input.identifier;
    yield { machine, sample: entry.value, header: runs.headerOf(entry), processors };
  }
}
