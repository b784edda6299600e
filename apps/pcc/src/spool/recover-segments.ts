import { closeSync, fstatSync, openSync, read, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkLine, type Header, LineError } from '@perfcollector/collection';
import type { Run } from './batch.ts';
import { asBuffer, isSample, isWhole, linesIn } from './line.ts';
import { type Range, Ranges } from './ranges.ts';
import { Segment } from './segment.ts';
import type { SpoolRecord } from './state-file.ts';

const readFile = promisify(read);
const PIECE_BYTES = 256 * 1024;

interface Left {
  readonly path: string;
  readonly number: number;
  /** What this machine is called now, for a segment whose header cannot be read. */
  readonly identifier: string;
  /** What the server has of it, as far as that is remembered. */
  readonly acknowledged: readonly Range[];
}

interface Recovered {
  readonly segment: Segment;
  /** Lines that were torn when the machine or its disk gave up. */
  readonly tornLines: number;
}

interface Scan {
  header: Uint8Array | undefined;
  begin: number;
  end: number;
  samples: number;
  tornLines: number;
  readonly acknowledged: Ranges;
  /** What the state file says, checked against where lines begin and end. */
  readonly claimed: Ranges;
}

/** A segment's number says its age. */
export function pathOfSegment(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(12, '0')}.json`);
}

/** Looks through everything that earlier runs left, the oldest first. @throws the file system's error */
export async function recoverSegments(
  directory: string,
  identifier: string,
  remembered: SpoolRecord['acknowledged'],
): Promise<{ segments: readonly Recovered[]; nextNumber: number }> {
  const left = readdirSync(directory).flatMap((name) => /^(\d{12})\.json$/.exec(name)?.[1] ?? []);
  const numbers = left.map(Number).sort((a, b) => a - b);
  const segments: Recovered[] = [];
  for (const number of numbers) {
    const [path, acknowledged] = [pathOfSegment(directory, number), remembered[number] ?? []];
    segments.push(await recoverSegment({ path, number, acknowledged, identifier }));
  }
  // Never a number again that the state file may still speak of.
  const nextNumber = [...numbers, ...Object.keys(remembered).map(Number)].reduce((a, b) => Math.max(a, b), 0) + 1;
  return { segments, nextNumber };
}

/** Looks through a segment in pieces. */
async function recoverSegment({ path, number, identifier, acknowledged }: Left): Promise<Recovered> {
  const descriptor = openSync(path, 'r');
  try {
    const fileBytes = fstatSync(descriptor).size;
    const claimed = (await areLineEnds(descriptor, acknowledged)) ? new Ranges(acknowledged) : new Ranges();
    const scan: Scan = {
      header: undefined,
      begin: 0,
      end: 0,
      samples: 0,
      tornLines: 0,
      acknowledged: new Ranges(),
      claimed,
    };
    for await (const { line, start } of linesOf(descriptor)) note(scan, line, start);
    if (fileBytes > scan.end) scan.tornLines += 1;
    const segment = new Segment({ path, number, fileBytes, ...scan, run: runOf(scan.header, identifier) });
    return { segment, tornLines: scan.tornLines };
  } finally {
    closeSync(descriptor);
  }
}

function note(scan: Scan, line: Uint8Array, start: number): void {
  const end = start + line.length;
  scan.end = end;
  if (start === 0 && isHeader(line)) {
    scan.header = Uint8Array.from(line);
    scan.begin = end;
  } else if (!isWhole(line)) {
    scan.tornLines += 1;
    scan.acknowledged.add(start, end);
  } else if (scan.claimed.touches(start, end)) scan.acknowledged.add(start, end);
  else if (isSample(line)) scan.samples += 1;
}

/** A line each, in memory bounded by the longest. */
async function* linesOf(descriptor: number): AsyncGenerator<{ line: Uint8Array; start: number }> {
  let buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let [held, place] = [0, 0];
  for (;;) {
    const { bytesRead } = await readFile(descriptor, buffer, held, buffer.length - held, place + held);
    if (bytesRead === 0) return;
    const bytes = buffer.subarray(0, held + bytesRead);
    let taken = 0;
    for (const { line, start, end } of linesIn(bytes)) {
      yield { line, start: place + start };
      taken = end;
    }
    place += taken;
    held = bytes.length - taken;
    const rest = bytes.subarray(taken);
    if (held === buffer.length) buffer = Buffer.allocUnsafeSlow(2 * held);
    rest.copy(buffer);
  }
}

/** Places that are no ends of lines are of another file, or of none: then nothing of them is believed. */
async function areLineEnds(descriptor: number, ranges: readonly Range[]): Promise<boolean> {
  const byte = Buffer.alloc(1);
  for (const place of ranges.flat()) {
    const { bytesRead } = await readFile(descriptor, byte, 0, 1, place - 1);
    if (bytesRead === 0 || byte.toString() !== '\n') return false;
  }
  return true;
}

function isHeader(line: Uint8Array): boolean {
  return asBuffer(line).indexOf('{"collection":') === 0 && isWhole(line) && parseHeader(line) !== undefined;
}

function parseHeader(line: Uint8Array): Header | undefined {
  try {
    const parsed = checkLine(JSON.parse(asBuffer(line).toString()));
    return parsed.kind === 'header' ? parsed.value : undefined;
  } catch (error) {
    if (error instanceof LineError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function runOf(line: Uint8Array | undefined, identifier: string): Run {
  const header = line && parseHeader(line);
  return { identifier: header?.identifier ?? identifier, header, line };
}
