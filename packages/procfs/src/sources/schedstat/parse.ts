import { ExactSum } from '../../scan/exact-sum.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, endsWithinLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { schedFields } from './fields.ts';

const PATH = '/proc/schedstat';
/** Columns before those of interest: of calls to the scheduler, of which version 14 counted three more. */
const BEFORE = 6;
const BEFORE_OLD = 9;

/**
 * Scans /proc/schedstat: `schedstat_waiting_ns` and so on of all CPUs together, `schedstat0_waiting_ns` of each. Lines of
 * scheduling domains, which differ from version to version, are passed over.
 * @throws ParseError when there is no `version` line first, or a CPU's line misses one of the counts
 */
export function schedstatScanner(): Scan {
  const totals = keysOf('schedstat');
  const versions = new WordMemo((line) => /^version (\d+)\s*$/.exec(line)?.[1]);
  const cpus = new WordMemo((word) => (/^cpu\d+$/.test(word) ? keysOf(`schedstat${word.slice(3)}`) : undefined));
  const sums = schedFields.map(() => new ExactSum());
  return (text, end, sink) => {
    const heading = lineEnd(text, 0, end);
    const version = versions.at(0, text, 0, heading);
    if (version === undefined) throw badText(PATH, { text, end: heading, expected: '"version <number>" first' });
    const before = Number(version) < 15 ? BEFORE_OLD : BEFORE;
    for (const sum of sums) sum.clear();
    let place = 0;
    let cpuLines = 0;
    for (let start = heading + 1; start < end; start = lineEnd(text, start, end) + 1) {
      if (text[start] !== 0x63) continue; // c
      const after = wordEnd(text, start);
      const keys = cpus.at(place++, text, start, after);
      if (keys === undefined) continue;
      cpuLines += 1;
      const at = skipColumns(text, after, before);
      if (!takeCounts(sink, { keys, sums }, text, at))
        throw badLine(PATH, {
          text,
          at: start,
          end,
          expected: `"cpu<number>" and ${before + schedFields.length} counts`,
        });
    }
    // Of a text that was cut off, some CPUs may be missing.
    if (cpuLines > 0 && !endsWithinLine(text, end))
      for (let at = 0; at < sums.length; at += 1) put(sink, totals[at], sums[at]);
  };
}

export const parseSchedstat = parserOf(schedstatScanner);

interface Cpu {
  readonly keys: readonly FieldKey[];
  readonly sums: readonly ExactSum[];
}

function takeCounts(sink: FieldSink, { keys, sums }: Cpu, text: Uint8Array, from: number): boolean {
  let at = from;
  for (let column = 0; column < keys.length; column += 1) {
    const start = skipBlanks(text, at);
    at = sums[column]?.add(text, start) ?? start;
    if (at === start || !isWordEnd(text, at)) return false;
    sink.count(keys[column] as FieldKey, text, start);
  }
  return true;
}

function skipColumns(text: Uint8Array, from: number, columns: number): number {
  let at = from;
  for (let column = 0; column < columns; column += 1) at = wordEnd(text, skipBlanks(text, at));
  return at;
}

function put(sink: FieldSink, key: FieldKey | undefined, sum: ExactSum | undefined): void {
  if (key !== undefined && sum !== undefined) sink.number(key, sum.value());
}

function keysOf(prefix: string): readonly FieldKey[] {
  return schedFields.map(({ stat }) => new FieldKey(`${prefix}_${stat}`));
}
