import {
  type ByteLine,
  type Damage,
  decompress,
  type Entry,
  EntryReader,
  type Header,
  HeadScanner,
  noDamage,
  noteHole,
  processorsIn,
  type RawMeasurement,
  Runs,
  splitBytes,
  textOf,
} from '@perfcollector/collection';
import type { ProcessorDetails } from '@perfcollector/procfs';
import type { Input } from './input.ts';
import { Lineages } from './lineages.ts';
import type { Selection } from './options.ts';
import { readFile } from './read-file.ts';
import { type SampleLine, textOfFields } from './sample-line.ts';

/** An event, and whose it is. */
export interface MachineEvent {
  readonly machine: string;
  readonly timestamp: number;
  readonly run: string | undefined;
  readonly event: string;
}

export interface Reading {
  readonly selection: Selection;
  /** Takes what cannot be read. */
  readonly damage?: Damage;
  /** Lines that an earlier reading found to be none. */
  readonly badLines?: ReadonlySet<number>;
  /** What an earlier reading knows of the runs. */
  readonly headers?: readonly Header[];
  readonly lineages?: Lineages;
  /** Whether a tick of raw lines that has two seconds is one sample: for tables of which each row is a sample. */
  readonly joinsTicks?: boolean | undefined;
  readonly onHeader?: (header: Header) => void;
  readonly onEvent?: (event: MachineEvent) => void;
  readonly onProcessors?: (machine: string, processors: ProcessorDetails) => void;
  readonly onBytes?: (bytes: number) => void;
  /** Is told of each sample that is not wanted. */
  readonly onUnwanted?: () => void;
}

/**
 * The samples of a collection that are wanted, in its order, as many at once as a piece of the file holds. What makes no
 * sample is noted in the damage, but for what is wrong within the fields of a sample, which nobody has looked at.
 * @throws the file system's error where it cannot be opened
 */
export async function* readLines(input: Input, reading: Reading): AsyncGenerator<readonly SampleLine[]> {
  const { damage = noDamage(), onBytes } = reading;
  const reader = new LineReader(input, { ...reading, damage });
  let hasBegun = false;
  try {
    const bytes = decompress(counted(readFile(input.path), onBytes), (hole) => noteHole(damage, hole));
    for await (const lines of splitBytes(bytes)) {
      hasBegun ||= lines.length > 0;
      yield reader.samplesOf(lines);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Coded errors are the input's. Anything else is a bug of ours.
    if (code === undefined || !hasBegun) throw error;
    damage.broken = `${code}: ${(error as Error).message}`;
  }
  yield reader.end();
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: Reading['onBytes']): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

class LineReader {
  readonly #input: Input;
  readonly #reading: Reading;
  readonly #entries: EntryReader;
  readonly #heads = new HeadScanner();
  readonly #runs: Runs;
  readonly #lineages: Lineages;

  constructor(input: Input, reading: Reading & { readonly damage: Damage }) {
    this.#input = input;
    this.#reading = reading;
    this.#entries = new EntryReader(reading.damage, reading.joinsTicks);
    this.#runs = new Runs(reading.headers);
    this.#lineages = reading.lineages ?? new Lineages();
  }

  samplesOf(lines: readonly ByteLine[]): SampleLine[] {
    const samples: SampleLine[] = [];
    for (const line of lines) {
      const { content, number } = line;
      const head = content && this.#heads.scan(content);
      if (!head || line.isLast) {
        this.#general(line, samples);
        continue;
      }
      if (this.#entries.isGathering) this.#take(this.#entries.end(), number, samples);
      if (this.#reading.badLines?.has(number)) continue;
      const { timestamp, run, seq, machineId: machine, fieldsAt } = head;
      if (!this.#isWanted(machine, run)) {
        this.#reading.onUnwanted?.();
        continue;
      }
      const header = this.#runs.headerOfRun(run);
      const lineage = this.#lineages.of(run, seq, timestamp);
      samples.push({ machine, timestamp, run, seq, lineage, header, bytes: content, fieldsAt, number });
    }
    return samples;
  }

  end(): SampleLine[] {
    const samples: SampleLine[] = [];
    this.#take(this.#entries.end(), 0, samples);
    return samples;
  }

  #general(line: ByteLine, samples: SampleLine[]): void {
    const { number, bytes, isLast } = line;
    const text = textOf(line);
    if (text?.trim() === '' && !isLast) return;
    this.#take(this.#entries.read({ number, bytes, isLast, text }), number, samples);
  }

  #take(entries: Iterable<Entry>, number: number, samples: SampleLine[]): void {
    for (const entry of entries) {
      this.#runs.add(entry);
      const machine = this.#runs.machineOf(entry) ?? this.#input.identifier;
      const run = 'run' in entry.value ? entry.value.run : undefined;
      if (!this.#isWanted(machine, run)) {
        if (entry.kind === 'sample') this.#reading.onUnwanted?.();
        continue;
      }
      if (entry.kind === 'header') this.#reading.onHeader?.(entry.value);
      else if (entry.kind === 'event') this.#reading.onEvent?.({ ...entry.value, machine, run });
      else if (entry.kind === 'facts') this.#tellProcessors(machine, entry.value);
      else {
        const { timestamp, seq } = entry.value;
        const lineage = this.#lineages.of(run, seq, timestamp);
        const header = run === undefined ? this.#headerOfForeign(entry) : this.#runs.headerOf(entry);
        samples.push({ machine, timestamp, run, seq, lineage, header, number, ...textOfFields(entry.value) });
      }
    }
  }

  /** Where all headers are known: the only one. With more, which of them it is would depend on the order of the lines. */
  #headerOfForeign(entry: Entry): Header | undefined {
    const { headers } = this.#reading;
    if (headers === undefined) return this.#runs.headerOf(entry);
    return headers.length === 1 ? headers[0] : undefined;
  }

  #tellProcessors(machine: string, raw: RawMeasurement): void {
    const processors = this.#reading.onProcessors && processorsIn(raw);
    if (processors) this.#reading.onProcessors?.(machine, processors);
  }

  #isWanted(machine: string, run: string | undefined): boolean {
    const { isMachine, isRun } = this.#reading.selection;
    return isMachine(machine) && isRun(run);
  }
}
