import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemError } from '@perfcollector/cli';

/** A collection that can be read twice: once for its columns, once for its rows. */
export interface Input {
  /** As the user named it. */
  readonly name: string;
  readonly path: string;
  /** The machine of lines that do not name one. */
  readonly identifier: string;
}

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
