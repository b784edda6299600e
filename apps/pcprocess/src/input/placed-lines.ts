import type { Header, Line, RawMeasurement } from '@perfcollector/collection';
import type { Input } from './input.ts';
import type { Selection } from './options.ts';
import { readWholeLines, type Watch, type WholeLine } from './whole-lines.ts';

/** A header, and its line. */
export interface HeaderLine {
  readonly value: Header;
  readonly content: Buffer;
}

/** A line, and whose it is. */
export interface PlacedLine extends WholeLine {
  readonly machine: string;
  /** Unix seconds; of a header, when its run started. */
  readonly time: number;
  /** The header of its own run; of a line that names no run, the one above it. */
  readonly header: HeaderLine | undefined;
}

/**
 * Reads a collection line by line and tells which machine and run each is of, as `Runs` tells of entries.
 * @param known headers of runs that may stand in other inputs
 */
export async function* readPlacedLines(
  input: Input,
  watch: Watch,
  known: ReadonlyMap<string, HeaderLine> = new Map(),
): AsyncGenerator<PlacedLine> {
  const headers = new Headers(known);
  for await (const read of readWholeLines(input.path, watch)) {
    const { line, content } = read;
    if (line.kind === 'header') headers.add({ value: line.value, content: Buffer.from(content) });
    const header = headers.of(line);
    const machine = taggedMachine(line) ?? header?.value.identifier ?? input.identifier;
    yield { ...read, machine, time: timeOf(line), header };
  }
}

class Headers {
  readonly #byRun: Map<string, HeaderLine>;
  #newest: HeaderLine | undefined;

  constructor(known: ReadonlyMap<string, HeaderLine>) {
    this.#byRun = new Map(known);
  }

  add(header: HeaderLine): void {
    this.#byRun.set(header.value.run, header);
    this.#newest = header;
  }

  of(line: Line): HeaderLine | undefined {
    const run = runOf(line);
    return run === undefined ? this.#newest : this.#byRun.get(run);
  }
}

/** The run that the line itself names. */
export function runOf({ value }: Line): string | undefined {
  return (value as Exclude<Line['value'], RawMeasurement>).run;
}

function taggedMachine(line: Line): string | undefined {
  return line.kind === 'sample' ? line.value.tags?.machine_id : undefined;
}

function timeOf(line: Line): number {
  return line.kind === 'header' ? line.value.started : line.value.timestamp;
}

/** Whether a line is of what is wanted; headers are of any time. */
export function isSelected({ line, time, machine, header }: PlacedLine, selection: Selection): boolean {
  if (!selection.isMachine(machine) || !selection.isRun(runOf(line) ?? header?.value.run)) return false;
  return line.kind === 'header' || (time >= selection.from && time < selection.to);
}

/**
 * The line so that it says itself whose it is, for a collection that holds other lines than its own did: with its run, where
 * that was only the header above it, or with its machine, where no header tells it.
 */
export function explicitContent({ line, content, machine, header }: PlacedLine): Buffer {
  if (line.kind !== 'sample' && line.kind !== 'event') return content;
  if (runOf(line) === undefined && header?.value.identifier === machine)
    return withMember(content, 'run', header.value.run);
  const isTold = line.kind === 'event' || line.value.tags?.machine_id !== undefined || header !== undefined;
  if (isTold) return content;
  const tags = { ...line.value.tags, machine_id: machine };
  if (line.value.tags !== undefined) return Buffer.from(JSON.stringify({ ...line.value, tags }));
  return withMember(content, 'tags', tags);
}

/** Put into the text: what was written anew could differ in what is not known here. */
function withMember(content: Buffer, name: string, value: unknown): Buffer {
  const at = content.indexOf('{') + 1;
  return Buffer.concat([
    content.subarray(0, at),
    Buffer.from(`"${name}":${JSON.stringify(value)},`),
    content.subarray(at),
  ]);
}
