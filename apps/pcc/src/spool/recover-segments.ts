import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { checkLine, type Header, LineError } from '@perfcollector/collection';
import type { Run } from './batch.ts';
import { asBuffer, linePlaces } from './line.ts';
import { type Range, Ranges } from './ranges.ts';
import { Segment } from './segment.ts';

const readFile = promisify(read);
const PIECE_BYTES = 256 * 1024;

/** A segment that an earlier run left. */
export interface Left {
  readonly path: string;
  readonly number: number;
  readonly fileBytes: number;
  /** What this machine is called now, for a segment whose header cannot be read. */
  readonly identifier: string;
  /** What the server has of it, as far as that is remembered. */
  readonly acknowledged: readonly Range[];
}

export interface Recovered {
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

/** Looks through a segment in pieces. @throws the file system's error */
export async function recoverSegment({ path, number, fileBytes, identifier, acknowledged }: Left): Promise<Recovered> {
  const descriptor = openSync(path, 'r');
  try {
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
    await look(scan, descriptor);
    if (fileBytes > scan.end) scan.tornLines += 1;
    const segment = new Segment({ path, number, fileBytes, ...scan, run: runOf(scan.header, identifier) });
    return { segment, tornLines: scan.tornLines };
  } finally {
    closeSync(descriptor);
  }
}

/** In memory bounded by the longest line. */
async function look(scan: Scan, descriptor: number): Promise<void> {
  let buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let [held, place] = [0, 0];
  for (;;) {
    const { bytesRead } = await readFile(descriptor, buffer, held, buffer.length - held, place + held);
    if (bytesRead === 0) return;
    const bytes = buffer.subarray(0, held + bytesRead);
    const taken = note(scan, bytes, place);
    place += taken;
    held = bytes.length - taken;
    if (held === buffer.length) buffer = Buffer.allocUnsafeSlow(2 * held);
    bytes.copy(buffer, 0, taken);
  }
}

/** Notes the lines in these bytes, which begin at this place of the file. Gives the length of all that are whole. */
function note(scan: Scan, bytes: Buffer, place: number): number {
  return linePlaces(bytes, (start, end, kind) => {
    const [from, to] = [place + start, place + end];
    scan.end = to;
    if (from === 0 && kind === 'other' && parseHeader(bytes.subarray(start, end))) {
      scan.header = Uint8Array.from(bytes.subarray(start, end));
      scan.begin = to;
    } else if (kind === 'torn') {
      scan.tornLines += 1;
      scan.acknowledged.add(from, to);
    } else if (scan.claimed.touches(from, to)) scan.acknowledged.add(from, to);
    else if (kind === 'sample') scan.samples += 1;
  });
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
