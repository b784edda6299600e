import { Earliest } from './earliest.ts';
import type { FirstReading, ReadInput } from './first-reading.ts';
import type { Selection } from './options.ts';
import { readLines } from './read-lines.ts';
import type { SampleLine } from './sample-line.ts';
import { sortedPieces } from './sort.ts';

export interface InOrderSetup {
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** As in `Reading`. */
  readonly joinsTicks?: boolean;
  /** Where samples that are out of order are put aside. */
  readonly directory: string;
  readonly onBytes: (bytes: number) => void;
}

interface Timed {
  /** Unix seconds. */
  readonly timestamp: number;
}

/** What stands in the order of its time, and when it begins. */
export interface Stream<T extends Timed> {
  readonly first: number;
  readonly open: () => AsyncIterable<readonly T[]>;
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
    const streams: Stream<SampleLine>[] = [];
    for (const input of inputs) streams.push(...(await streamsOf(input, { reading, setup, isAlone, cleanUp })));
    yield* streams.length === 1 ? (streams[0] as Stream<SampleLine>).open() : mergeByTime(streams);
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

async function streamsOf(
  read: ReadInput,
  { reading, setup, isAlone, cleanUp }: StreamSetup,
): Promise<Stream<SampleLine>[]> {
  const { input, first, badLines, isOrdered, isOrderedThroughout } = read;
  if (first === undefined) return [];
  const { selection, joinsTicks, onBytes, signal, directory } = setup;
  const { headers, lineages } = reading;
  const open = () => readLines(input, { selection, joinsTicks, badLines, headers, lineages, onBytes });
  if (isOrdered && (isAlone || isOrderedThroughout)) return [{ first, open }];
  const pieces = await sortedPieces(open(), { directory, signal });
  cleanUp.push(...pieces.map(({ remove }) => remove));
  return pieces.map((piece) => ({
    first: piece.first,
    open: () => readLines(piece.input, { selection, headers, lineages }),
  }));
}

interface Head<T extends Timed> {
  readonly lines: AsyncIterator<readonly T[]>;
  /** The how-manieth that was opened. */
  readonly place: number;
  piece: readonly T[];
  at: number;
}

/** Merges streams into one. Those that are out of order lose nothing, and each keeps its own order. */
export async function* mergeByTime<T extends Timed>(streams: readonly Stream<T>[]): AsyncGenerator<readonly T[]> {
  const waiting = streams.toSorted((a, b) => a.first - b.first);
  const heads = new Earliest<Head<T>>(isBefore);
  let begun = 0;
  try {
    for (;;) {
      const next = waiting[begun];
      const { first: head } = heads;
      if (next && (!head || next.first <= time(head))) {
        begun += 1;
        const opened = { lines: next.open()[Symbol.asyncIterator](), place: begun, piece: [], at: 0 };
        if (await advance(opened)) heads.add(opened);
      } else if (head) {
        yield takeUntil(head, Math.min(next?.first ?? Infinity, heads.second ? time(heads.second) : Infinity));
        if (head.at < head.piece.length || (await advance(head))) heads.firstChanged();
        else heads.removeFirst();
      } else return;
    }
  } finally {
    for (const { lines } of heads.all) await lines.return?.(); // files are closed, whyever it ends
  }
}

/** All that comes before the other heads and before the next stream, at once; one at least. */
function takeUntil<T extends Timed>(head: Head<T>, limit: number): readonly T[] {
  const start = head.at;
  do head.at += 1;
  while (head.at < head.piece.length && time(head) <= limit);
  return head.piece.slice(start, head.at);
}

/** Goes to the next piece of a stream that has something in it. @returns false where it is over */
async function advance<T extends Timed>(head: Head<T>): Promise<boolean> {
  do {
    const { done, value } = await head.lines.next();
    if (done) return false;
    head.piece = value;
    head.at = 0;
  } while (head.piece.length === 0);
  return true;
}

function isBefore(a: Head<Timed>, b: Head<Timed>): boolean {
  return time(a) < time(b) || (time(a) === time(b) && a.place < b.place);
}

function time({ piece, at }: Head<Timed>): number {
  return piece[at]?.timestamp ?? Number.POSITIVE_INFINITY;
}
