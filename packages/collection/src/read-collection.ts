import { type Fields, ParseError, type ProcessorDetails, sourceOf } from '@perfcollector/procfs';
import { decompress } from './decompress.ts';
import { type EventMark, type Header, LineError, parseLine, type RawMeasurement, type Sample } from './lines.ts';
import type { Hole } from './packed/unpack.ts';
import { splitLines, type TextLine } from './split-lines.ts';

/**
 * What a reader gives back: raw lines of one timestamp have become one sample. One that holds facts and no fields comes as
 * it is, before the sample of its timestamp.
 */
export type Entry =
  | { readonly kind: 'header'; readonly value: Header }
  | { readonly kind: 'sample'; readonly value: Sample }
  | { readonly kind: 'event'; readonly value: EventMark }
  | { readonly kind: 'facts'; readonly value: RawMeasurement };

interface BadLine {
  /** 1-based line number. */
  readonly line: number;
  readonly problem: string;
}

/** What could not be read. It fills up while the collection is read and is complete after its last entry. */
export interface Damage {
  /** How many lines were left out. */
  badLines: number;
  /** The first of them. */
  readonly examples: BadLine[];
  /** Bytes of an unfinished last line. */
  tornBytes: number;
  /** The first stretches of packed data that could not be unpacked. */
  readonly holes: Hole[];
  /** How many there are. */
  holeCount: number;
  /** Why the bytes themselves could not be read to their end: a read error. */
  broken: string | undefined;
  /** Raw lines of kernel files that no source reads, by name. */
  readonly unknownSubsystems: Map<string, number>;
}

/** How many bad lines are described; the rest are counted. */
const EXAMPLES = 10;

export function noDamage(): Damage {
  const lines = { badLines: 0, examples: [], tornBytes: 0 };
  return { ...lines, holes: [], holeCount: 0, broken: undefined, unknownSubsystems: new Map() };
}

/** The damage in sentences, for people. */
export function damageSentences(damage: Damage): string[] {
  const sentences = damage.examples.map(({ line, problem }) => `line ${line} was left out: ${problem}`);
  const untold = damage.badLines - damage.examples.length;
  if (untold > 0) sentences.push(`${untold} more bad lines were left out`);
  for (const [name, count] of damage.unknownSubsystems) {
    sentences.push(`${count} measurements of ${JSON.stringify(name)} were left out: no source reads them`);
  }
  sentences.push(...damage.holes.map(holeSentence));
  const untoldHoles = damage.holeCount - damage.holes.length;
  if (untoldHoles > 0) sentences.push(`${untoldHoles} more stretches of packed data were left out`);
  if (damage.tornBytes > 0)
    sentences.push(`the last ${damage.tornBytes} bytes are an unfinished line and were left out`);
  if (damage.broken !== undefined) sentences.push(`reading broke off: ${damage.broken}`);
  return sentences;
}

function holeSentence({ at, bytes, problem }: Hole): string {
  if (problem !== undefined) return `${bytes} bytes of packed data, from byte ${at} on, were left out: ${problem}`;
  return `the packed data is cut off: its last ${bytes} bytes, from byte ${at} on, are an unfinished piece`;
}

/**
 * Reads a collection of any kind (this suite's, perfcollector2's raw one; plain, gzip, zstd) in constant memory.
 * Never throws for what is in it: bad lines, an unfinished last line and damaged compression are noted in `damage`, and
 * the rest is read.
 * @param onUnpacked is told of how many bytes more have come out; what it throws breaks the reading off, and where that has a
 * `code`, everything before it is given
 * @throws what reading `chunks` throws before its first byte (no such file, a directory)
 */
export async function* readCollection(
  chunks: AsyncIterable<Uint8Array>,
  damage: Damage,
  onUnpacked: (bytes: number) => void = () => {},
): AsyncGenerator<Entry> {
  const reader = new EntryReader(damage);
  let hasBegun = false;
  try {
    const unpacked = decompress(chunks, (hole) => noteHole(damage, hole));
    for await (const line of splitLines(counted(unpacked, onUnpacked))) {
      hasBegun = true;
      yield* reader.read(line);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Coded errors are the input's. Anything else is a bug of ours.
    if (code === undefined || !hasBegun) throw error;
    damage.broken = `${code}: ${(error as Error).message}`;
  }
  yield* reader.end();
}

async function* counted(chunks: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

/** Makes entries of the lines of a collection, one by one; what is wrong with them is noted in the damage. */
export class EntryReader {
  readonly #damage: Damage;
  readonly #raw: RawGroup;

  /** @param joinsTicks whether raw lines of one tick that have two seconds, because it took place between them, are one sample */
  constructor(damage: Damage, joinsTicks = false) {
    this.#damage = damage;
    this.#raw = new RawGroup(joinsTicks);
  }

  /** Whether raw lines have been read that are no whole sample yet. */
  get isGathering(): boolean {
    return this.#raw.isGathering;
  }

  *read(line: TextLine): Generator<Entry> {
    try {
      if (line.text === undefined)
        throw new LineError(`${line.bytes} bytes long, longer than any line of a collection`);
      const entry = parseLine(line.text);
      if (entry.kind !== 'raw') {
        yield* this.end();
        yield entry;
        return;
      }
      const before = this.#raw.add(entry.value, this.#damage);
      if (before) yield { kind: 'sample', value: before };
      if (holdsFacts(entry.value)) yield { kind: 'facts', value: entry.value };
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      if (line.isLast && error.cause instanceof SyntaxError) this.#damage.tornBytes = line.bytes;
      else noteBadLine(this.#damage, line.number, error.message);
    }
  }

  /** What the lines so far make, if nothing more of their timestamp comes. */
  *end(): Generator<Entry> {
    const last = this.#raw.take();
    if (last) yield { kind: 'sample', value: last };
  }
}

/** Takes note of a line that was left out. */
export function noteBadLine(damage: Damage, line: number, problem: string): void {
  damage.badLines += 1;
  if (damage.examples.length < EXAMPLES) damage.examples.push({ line, problem });
}

/** Takes note of packed data that was left out. */
export function noteHole(damage: Damage, hole: Hole): void {
  damage.holeCount += 1;
  if (damage.holes.length < EXAMPLES) damage.holes.push(hole);
}

/** Takes note of a raw line that no source reads. Counted by name, and past a number of names all together. */
export function noteUnknown({ unknownSubsystems: known }: Damage, subsystem: string): void {
  const name = known.has(subsystem) || known.size < EXAMPLES ? subsystem.slice(0, 80) : 'other subsystems';
  known.set(name, (known.get(name) ?? 0) + 1);
}

/**
 * Parses one raw measurement with the source that reads that kernel file on a live host.
 * Undefined where no source knows the subsystem; empty where the file holds facts and no fields (cpuinfo).
 * @throws LineError where the text is not what that kernel file looks like
 */
export function rawFields(raw: RawMeasurement): Fields | undefined {
  try {
    return sourceOf(raw.subsystem)?.parse(raw.measurement, raw.subsystem);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new LineError(error.message, { cause: error });
  }
}

function holdsFacts({ subsystem }: RawMeasurement): boolean {
  return sourceOf(subsystem)?.facts !== undefined;
}

/** What a raw line tells of the processors; undefined where it tells nothing of them. @throws ParseError */
export function processorsIn({ subsystem, measurement }: RawMeasurement): ProcessorDetails | undefined {
  return sourceOf(subsystem)?.facts?.(measurement);
}

/** The raw lines of one timestamp, on their way to being one sample. */
class RawGroup {
  #timestamp: number | undefined;
  #fields: Fields = {};
  readonly #subsystems = new Set<string>();
  readonly #joinsTicks: boolean;

  constructor(joinsTicks: boolean) {
    this.#joinsTicks = joinsTicks;
  }

  get isGathering(): boolean {
    return this.#timestamp !== undefined;
  }

  /**
   * Adds a line; gives the sample before it where the line begins a new one. Of two texts of one kernel file in one second
   * the first counts: the next rate is then over the time that passed.
   * @throws LineError
   */
  add(raw: RawMeasurement, damage: Damage): Sample | undefined {
    const fields = rawFields(raw); // first: if it throws, what is gathered stays gathered
    const before = raw.timestamp === this.#timestamp || this.#goesOn(raw) ? undefined : this.take();
    this.#timestamp ??= raw.timestamp;
    if (!fields) noteUnknown(damage, raw.subsystem);
    else if (!this.#subsystems.has(raw.subsystem)) Object.assign(this.#fields, fields);
    this.#subsystems.add(raw.subsystem);
    return before;
  }

  /**
   * Whether a line is of the tick that is gathered, though the second after it: a kernel file that is not there yet. Containers
   * come and go and stand in any order, so of them nothing can be told.
   */
  #goesOn({ timestamp, subsystem }: RawMeasurement): boolean {
    const isSecondAfter = this.#joinsTicks && timestamp - (this.#timestamp ?? Number.NaN) === 1;
    return isSecondAfter && !this.#subsystems.has(subsystem) && sourceOf(subsystem)?.isSubsystem === undefined;
  }

  take(): Sample | undefined {
    const timestamp = this.#timestamp;
    const fields = this.#fields;
    this.#timestamp = undefined;
    this.#fields = {};
    this.#subsystems.clear();
    return timestamp === undefined || Object.keys(fields).length === 0 ? undefined : { timestamp, fields };
  }
}
