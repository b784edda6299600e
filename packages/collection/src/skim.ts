import { decompress } from './decompress.ts';
import type { Hole } from './packed/unpack.ts';
import type { SampleHead } from './sample-line.ts';
import { splitLines } from './split-lines.ts';

/** What stands before the fields, as this suite writes it; other lines are not looked into. */
const HEAD = /^\{"timestamp":(\d+(?:\.\d+)?),"run":"([^"\\]+)","seq":(\d+),"tags":\{"machine_id":"([^"\\]+)"\}/;

/** A line of a collection with its line feed, if it has one. */
export interface SkimmedLine {
  readonly text: string;
  /** Of a sample that this suite wrote; undefined of every other line. */
  readonly head: SampleHead | undefined;
}

/**
 * The lines of a collection, unpacked and hardly looked into: a tenth of the work of reading it. Blank lines come too, so
 * the lines keep their numbers. A line that is longer than any sample is left blank.
 * @param tell of packed data that was left out
 */
export async function* skimCollection(
  chunks: AsyncIterable<Uint8Array>,
  tell: (hole: Hole) => void,
): AsyncGenerator<SkimmedLine> {
  let next = 1;
  for await (const { number, text = '', isLast } of splitLines(decompress(chunks, tell))) {
    if (number > next) yield { text: '\n'.repeat(number - next), head: undefined };
    next = number + 1;
    yield { text: isLast ? text : `${text}\n`, head: isLast ? undefined : headOf(text) };
  }
}

function headOf(line: string): SampleHead | undefined {
  const [, timestamp, run, seq, machineId] = HEAD.exec(line) ?? [];
  if (run === undefined || machineId === undefined) return undefined;
  return { timestamp: Number(timestamp), run, seq: Number(seq), machineId };
}
