import type { FirstReading, ReadInput } from './first-reading.ts';
import type { Selection } from './options.ts';
import { readLines } from './read-lines.ts';
import type { SampleLine } from './sample-line.ts';
import { sortedPieces } from './sort.ts';

export interface InOrderSetup {
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** Where samples that are out of order are put aside. */
  readonly directory: string;
  readonly onBytes: (bytes: number) => void;
}

/** Samples in the order of their time, and when they begin. */
interface Stream {
  readonly first: number;
  readonly open: () => AsyncIterable<readonly SampleLine[]>;
}

/**
 * The samples of all inputs, those of each machine in the order of time: read a second time. Inputs are opened when their time
 * has come, so that a month of daily files needs one open file at a time.
 */
export async function* readInOrder(reading: FirstReading, setup: InOrderSetup): AsyncGenerator<readonly SampleLine[]> {
  const { inputs } = reading;
  const isAlone = inputs.filter(({ samples }) => samples > 0).length === 1;
  const cleanUp: (() => void)[] = [];
  try {
    const streams: Stream[] = [];
    for (const input of inputs) streams.push(...(await streamsOf(input, { reading, setup, isAlone, cleanUp })));
    yield* streams.length === 1 ? (streams[0] as Stream).open() : merged(streams);
  } finally {
    for (const remove of cleanUp) remove();
  }
}

interface StreamSetup {
  readonly reading: FirstReading;
  readonly setup: InOrderSetup;
  readonly isAlone: boolean;
  readonly cleanUp: (() => void)[];
}

async function streamsOf(read: ReadInput, { reading, setup, isAlone, cleanUp }: StreamSetup): Promise<Stream[]> {
  const { input, first, badLines, isOrdered, isOrderedThroughout } = read;
  if (first === undefined) return [];
  const { selection, onBytes, signal, directory } = setup;
  const { headers, lineages } = reading;
  const open = () => readLines(input, { selection, badLines, headers, lineages, onBytes });
  if (isOrdered && (isAlone || isOrderedThroughout)) return [{ first, open }];
  const pieces = await sortedPieces(open(), { directory, signal });
  cleanUp.push(...pieces.map(({ remove }) => remove));
  return pieces.map((piece) => ({
    first: piece.first,
    open: () => readLines(piece.input, { selection, headers, lineages }),
  }));
}

interface Head {
  readonly lines: AsyncIterator<readonly SampleLine[]>;
  piece: readonly SampleLine[];
  at: number;
}

async function* merged(streams: readonly Stream[]): AsyncGenerator<readonly SampleLine[]> {
  const waiting = streams.toSorted((a, b) => a.first - b.first);
  const heads: Head[] = [];
  for (;;) {
    for (let next = waiting[0]; next && next.first <= earliest(heads); next = waiting[0]) {
      waiting.shift();
      await advance({ lines: next.open()[Symbol.asyncIterator](), piece: [], at: 0 }, heads);
    }
    const head = heads.reduce<Head | undefined>(
      (best, other) => (best && time(best) <= time(other) ? best : other),
      undefined,
    );
    if (!head) return;
    // All that comes before the other heads and before the next stream, at once.
    const limit = Math.min(
      waiting[0]?.first ?? Infinity,
      ...heads.map((other) => (other === head ? Infinity : time(other))),
    );
    const start = head.at;
    do head.at += 1;
    while (head.at < head.piece.length && time(head) <= limit);
    yield head.piece.slice(start, head.at);
    if (head.at === head.piece.length) await advance(head, heads);
  }
}

/** Goes to the next piece of a stream that has something in it; a stream that is over is no head any more. */
async function advance(head: Head, heads: Head[]): Promise<void> {
  do {
    const { done, value } = await head.lines.next();
    if (done) {
      const at = heads.indexOf(head);
      if (at >= 0) heads.splice(at, 1);
      return;
    }
    head.piece = value;
    head.at = 0;
  } while (head.piece.length === 0);
  if (!heads.includes(head)) heads.push(head);
}

function time({ piece, at }: Head): number {
  return piece[at]?.timestamp ?? Number.POSITIVE_INFINITY;
}

function earliest(heads: readonly Head[]): number {
  return Math.min(...heads.map(time));
}
