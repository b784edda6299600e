import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemError } from '@perfcollector/cli';
import type { Input } from './input.ts';
import type { SampleLine } from './sample-line.ts';

/** Samples in order of time, put aside in a file until `remove`. */
export interface SortedPiece {
  readonly first: number;
  readonly input: Input;
  remove(): void;
}

/** So much is sorted at once. */
const PIECE_BYTES = 48 * 1024 * 1024;

/** Sorts what does not fit into memory: in pieces that do, which are then merged. @throws UserError where they cannot be put aside */
export async function sortedPieces(
  lines: AsyncIterable<readonly SampleLine[]>,
  { directory, signal }: { directory: string; signal: AbortSignal },
): Promise<SortedPiece[]> {
  const pieces: SortedPiece[] = [];
  let held: SampleLine[] = [];
  let bytes = 0;
  const putAside = () => {
    if (held.length > 0) pieces.push(sortedPiece(held, directory));
    held = [];
    bytes = 0;
  };
  try {
    for await (const some of lines) {
      signal.throwIfAborted();
      held.push(...some);
      for (const line of some) bytes += line.bytes.length;
      if (bytes >= PIECE_BYTES) putAside();
    }
    putAside();
    return pieces;
  } catch (error) {
    for (const { remove } of pieces) remove();
    throw error;
  }
}

function sortedPiece(lines: SampleLine[], directory: string): SortedPiece {
  const sorted = lines.sort((a, b) => a.timestamp - b.timestamp || (a.seq ?? 0) - (b.seq ?? 0));
  const path = join(directory, `.pcprocess-${process.pid}-${randomBytes(4).toString('hex')}`);
  const remove = () => rmSync(path, { force: true });
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      for (const line of sorted) writeWhole(descriptor, lineOf(line));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    remove();
    throw systemError(`put samples aside in ${path}`, error);
  }
  return { first: sorted[0]?.timestamp ?? 0, input: { name: path, path, identifier: '' }, remove };
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** As agents of this suite write it. */
function lineOf({ timestamp, run, seq, machine, bytes, fieldsAt }: SampleLine): Buffer {
  const head = { timestamp, run, seq, tags: { machine_id: machine } };
  const text = JSON.stringify(head).slice(0, -1);
  return Buffer.concat([Buffer.from(`${text},"fields":`), bytes.subarray(fieldsAt), Buffer.from('\n')]);
}
