import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { HEX_DIGITS, hexCount } from '../../scan/hex.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, endsWithinLine, isWordEnd, lineEnd, skipBlanks } from '../../scan/text.ts';
import { softnetFields } from './fields.ts';

const PATH = '/proc/net/softnet_stat';
const EXPECTED = '9 to 15 hexadecimal counts of 8 digits';
/** The kernel's least, of 2.6. */
const LEAST_COLUMNS = 9;
const LF = 0x0a;
/** Where the number of the CPU is printed, since 5.10. */
const CPU_COLUMN = 12;

/** The field of each column, if it is one. */
type Columns = readonly (FieldKey | undefined)[];

/**
 * Scans /proc/net/softnet_stat: `softnet_processed` and so on of all CPUs together, and `softnet0_processed` of each where
 * the line says which CPU it is. Before 5.10 it does not, and CPUs that are off line have no line, so the line's number
 * says nothing: then there are the sums alone. Each CPU counts in 32 bits, and so do the sums: they wrap as those do.
 * @throws ParseError when a line has other than hexadecimal counts, or fewer than any kernel prints
 */
export function softnetScanner(): Scan {
  const totals = columnsOf('softnet');
  const cpus = new Map<number, Columns>();
  const sums = new Uint32Array(totals.length);
  const values = new Uint32Array(CPU_COLUMN + 1);
  return (text, end, sink) => {
    let lines = 0;
    let width = totals.length;
    sums.fill(0);
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const first = skipBlanks(text, start);
      if (isWordEnd(text, first)) continue;
      const columns = readLine(values, text, first);
      if (columns < LEAST_COLUMNS) throw badLine(PATH, { text, at: start, end, expected: EXPECTED });
      for (let column = 0; column < width; column += 1) (sums[column] as number) += values[column] as number;
      width = Math.min(width, columns);
      if (columns > CPU_COLUMN) putColumns(sink, cpuOf(cpus, values[CPU_COLUMN] as number), { values, width });
      lines += 1;
    }
    if (lines > 0 && !lacksCpus(text, end)) putColumns(sink, totals, { values: sums, width });
  };
}

export const parseSoftnet = parserOf(softnetScanner);

/** Whether the text was cut off, and CPUs are missing: its last line lacks its line feed and is shorter than the first. */
function lacksCpus(text: Uint8Array, end: number): boolean {
  if (!endsWithinLine(text, end)) return false;
  const length = lineEnd(text, 0, end);
  return length === end || text[end - length - 1] !== LF;
}

/** @returns how many columns the line has, as far as they are of interest; 0 where one is no count */
function readLine(values: Uint32Array, text: Uint8Array, from: number): number {
  let at = from;
  let column = 0;
  while (column < values.length && !isWordEnd(text, at)) {
    const value = hexCount(text, at);
    if (value < 0) return 0;
    values[column++] = value;
    at = skipBlanks(text, at + HEX_DIGITS);
  }
  return column;
}

/** The fields of a CPU, made when it is first seen. */
function cpuOf(cpus: Map<number, Columns>, cpu: number): Columns {
  const known = cpus.get(cpu);
  if (known !== undefined) return known;
  const columns = columnsOf(`softnet${cpu}`);
  cpus.set(cpu, columns);
  return columns;
}

function putColumns(sink: FieldSink, keys: Columns, { values, width }: { values: Uint32Array; width: number }): void {
  for (let column = 0; column < keys.length && column < width; column += 1) {
    const key = keys[column];
    if (key !== undefined) sink.number(key, values[column] as number);
  }
}

function columnsOf(prefix: string): Columns {
  const keys: (FieldKey | undefined)[] = Array(Math.max(...softnetFields.map(({ column }) => column)) + 1);
  for (const { column, stat } of softnetFields) keys[column] = new FieldKey(`${prefix}_${stat}`);
  return keys;
}
