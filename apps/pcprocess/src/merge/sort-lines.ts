import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError } from '@perfcollector/cli';
import { openFile, splitBytes } from '@perfcollector/collection';
import type { HeaderLine } from '../input/placed-lines.ts';
import { inOrder } from './in-order.ts';

/** A line on its way into a merged collection. */
export interface MergeLine {
  readonly kind: 'header' | 'sample' | 'event' | 'raw';
  readonly time: number;
  readonly machine: string;
  readonly header: HeaderLine | undefined;
  readonly content: Buffer;
}

/** So many bytes of lines are sorted in memory. */
const MOST_HELD = 32 * 1024 * 1024;

/**
 * Puts lines in the order of their time; lines of one time stay as they came. What does not go into memory is sorted piece by
 * piece into files in `directory`, which go when the reading ends.
 */
export async function* sortLines(lines: AsyncIterable<MergeLine>, directory: string): AsyncGenerator<MergeLine> {
  const pieces: SortedPiece[] = [];
  let held: MergeLine[] = [];
  let bytes = 0;
  try {
    for await (const line of lines) {
      held.push({ ...line, content: Buffer.from(line.content) });
      bytes += line.content.length;
      if (bytes < MOST_HELD) continue;
      pieces.push(await SortedPiece.write(sorted(held), directory));
      held = [];
      bytes = 0;
    }
    const last = sorted(held);
    const streams = pieces.map((piece) => ({ first: piece.first, open: () => piece.read() }));
    yield* inOrder([...streams, { first: last[0]?.time ?? Number.POSITIVE_INFINITY, open: () => toAsync(last) }]);
  } finally {
    for (const piece of pieces) piece.remove();
  }
}

function sorted(lines: readonly MergeLine[]): MergeLine[] {
  return lines.toSorted((a, b) => a.time - b.time);
}

async function* toAsync<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Sorted lines in a file: what is known of each on a line of its own, and the line. */
class SortedPiece {
  readonly first: number;
  readonly #path: string;
  readonly #headers: readonly HeaderLine[];

  private constructor(path: string, first: number, headers: readonly HeaderLine[]) {
    this.#path = path;
    this.first = first;
    this.#headers = headers;
  }

  static async write(lines: readonly MergeLine[], directory: string): Promise<SortedPiece> {
    const path = join(directory, `.pcprocess-${process.pid}-${randomBytes(4).toString('hex')}`);
    const headers = new Map<HeaderLine, number>();
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(linesOf(lines, headers));
      } finally {
        await file.close();
      }
    } catch (error) {
      rmSync(path, { force: true });
      throw systemError(`sort lines in ${path}`, error);
    }
    return new SortedPiece(path, lines[0]?.time ?? Number.POSITIVE_INFINITY, [...headers.keys()]);
  }

  async *read(): AsyncGenerator<MergeLine> {
    let known: Omit<MergeLine, 'content'> | undefined;
    for await (const lines of splitBytes(openFile(this.#path), Number.POSITIVE_INFINITY)) {
      for (const { content = Buffer.alloc(0) } of lines) {
        if (known) yield { ...known, content };
        known = known ? undefined : this.#known(content);
      }
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }

  #known(content: Buffer): Omit<MergeLine, 'content'> {
    const [kind, time, machine, at] = JSON.parse(content.toString());
    return { kind, time, machine, header: this.#headers[at] };
  }
}

function* linesOf(lines: readonly MergeLine[], headers: Map<HeaderLine, number>): Generator<Uint8Array> {
  for (const { kind, time, machine, header, content } of lines) {
    if (header && !headers.has(header)) headers.set(header, headers.size);
    const at = header ? headers.get(header) : -1;
    yield Buffer.concat([Buffer.from(`${JSON.stringify([kind, time, machine, at])}\n`), content, Buffer.from('\n')]);
  }
}
