import {
  type ByteLine,
  type Damage,
  decompress,
  type Line,
  LineError,
  noteBadLine,
  noteHole,
  noteUnknown,
  openFile,
  parseLine,
  rawFields,
  splitBytes,
  textOf,
} from '@perfcollector/collection';
import type { Fields } from '@perfcollector/procfs';

/** A line that can be read. */
export interface WholeLine {
  /** 1-based. */
  readonly number: number;
  /** As it stands in the file, without its line feed: a part of what was read, no copy of it. */
  readonly content: Buffer;
  readonly line: Line;
  /** What a raw line's measurement says; undefined of other lines, and where no source reads it. */
  readonly fields: Fields | undefined;
}

/** A line that cannot. */
export interface BadLine {
  readonly number: number;
  readonly bytes: number;
  /** Undefined where it is longer than any line of a collection. */
  readonly content: Buffer | undefined;
  /** What is wrong with it. */
  readonly problem: () => string;
  /** The file ends within it. */
  readonly isUnfinished: boolean;
}

/** Who is told of what on the way. */
export interface Watch {
  readonly damage: Damage;
  readonly signal: AbortSignal;
  /** So many bytes more of the file have been read. */
  readonly onBytes?: (bytes: number) => void;
  readonly onUnpacked?: (bytes: number) => void;
  /** So many bytes of packed data could not be unpacked. */
  readonly onHole?: (bytes: number) => void;
  /** What it gives back stands in for the line. */
  readonly onBad?: (line: BadLine) => WholeLine | undefined;
}

/**
 * Reads a collection line by line, raw lines too, each as it stands in the file. What cannot be read is noted in the damage, as
 * readCollection does.
 * @throws the file system's error where it cannot be opened; the signal's reason
 */
export async function* readWholeLines(path: string, watch: Watch): AsyncGenerator<WholeLine> {
  const { signal, onBytes, onUnpacked, damage } = watch;
  let hasBegun = false;
  try {
    const unpacked = decompress(counted(openFile(path), onBytes), (hole) => {
      noteHole(damage, hole);
      watch.onHole?.(hole.bytes);
    });
    for await (const lines of splitBytes(counted(unpacked, onUnpacked))) {
      hasBegun = true;
      signal.throwIfAborted();
      for (const line of lines) {
        const read = readLine(line, watch);
        if (read) yield read;
      }
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (typeof code !== 'string' || !hasBegun || signal.aborted) throw error;
    damage.broken = `${code}: ${(error as Error).message}`;
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  count?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count?.(chunk.length);
    yield chunk;
  }
}

function readLine(line: ByteLine, watch: Watch): WholeLine | undefined {
  if (isHopeless(line, watch.damage)) {
    noteBadLine(watch.damage, line.number, 'not JSON'); // one of those that are counted only
    return watch.onBad?.({ ...line, problem: () => `not JSON: ${snippetOf(line)}`, isUnfinished: false });
  }
  const text = textOf(line);
  if (text !== undefined && !line.isLast && text.trim() === '') return undefined;
  try {
    if (text === undefined) throw new LineError(`${line.bytes} bytes long, longer than any line of a collection`);
    return { number: line.number, content: withoutMark(line), ...readText(text, watch.damage) };
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return leaveOut(line, error, watch);
  }
}

/** Beginnings of blanks beyond ASCII, which make blank lines too. */
const MAY_BE_BLANK = new Set([0xc2, 0xe1, 0xe2, 0xe3, 0xef]);
const [BLANK, BRACE] = [0x20, 0x7b];

/** Noise has lines in millions: what is no object is not looked into once enough of them were described. */
function isHopeless({ content, isLast }: ByteLine, damage: Damage): boolean {
  const first = content?.[0];
  if (first === undefined || isLast || damage.badLines === damage.examples.length) return false;
  return first > BLANK && first !== BRACE && !MAY_BE_BLANK.has(first);
}

function snippetOf({ content }: ByteLine): string {
  return JSON.stringify(content?.toString('utf8', 0, 80));
}

/** @throws LineError */
export function readText(text: string, damage: Damage): Pick<WholeLine, 'line' | 'fields'> {
  const line = parseLine(text);
  if (line.kind !== 'raw') return { line, fields: undefined };
  const fields = rawFields(line.value);
  if (!fields) noteUnknown(damage, line.value.subsystem);
  return { line, fields };
}

function leaveOut(line: ByteLine, error: LineError, { damage, onBad }: Watch): WholeLine | undefined {
  const { number, bytes, content } = line;
  const isUnfinished = line.isLast && error.cause instanceof SyntaxError;
  const rescued = onBad?.({ number, bytes, content, problem: () => error.message, isUnfinished });
  if (isUnfinished) damage.tornBytes = bytes;
  else noteBadLine(damage, number, error.message);
  return rescued;
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

function withoutMark({ number, content = Buffer.alloc(0) }: ByteLine): Buffer {
  const isMarked = number === 1 && content.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  return isMarked ? content.subarray(BYTE_ORDER_MARK.length) : content;
}
