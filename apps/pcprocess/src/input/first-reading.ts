import { codeOf, explain, systemError } from '@perfcollector/cli';
import { type Damage, damageSentences, type Header, noDamage } from '@perfcollector/collection';
import type { ProcessorDetails } from '@perfcollector/procfs';
import type { Input } from './input.ts';
import { Lineages } from './lineages.ts';
import type { Selection } from './options.ts';
import { type MachineEvent, type Reading, readLines } from './read-lines.ts';
import type { SampleLine } from './sample-line.ts';

/** What the first reading of the inputs has found: enough to read them again in the order of time. */
export interface FirstReading {
  readonly inputs: readonly ReadInput[];
  /** Of all runs, each once. */
  readonly headers: readonly Header[];
  readonly lineages: Lineages;
  readonly events: readonly MachineEvent[];
  /** Of each machine, how many samples stood behind later ones. */
  readonly outOfOrder: ReadonlyMap<string, number>;
  /** Of each machine, what raw lines tell of its processors, the first of them. */
  readonly processors: ReadonlyMap<string, ProcessorDetails>;
}

export interface ReadInput {
  readonly input: Input;
  readonly samples: number;
  /** Samples that are not wanted. */
  readonly unwanted: number;
  /** Earliest timestamp; undefined where there is no sample. */
  readonly first: number | undefined;
  readonly damage: Damage;
  /** Lines with a sample's head that are none. */
  readonly badLines: Set<number>;
  /** Whether the samples of each machine stand in the order of time. */
  readonly isOrdered: boolean;
  /** Whether all samples do. */
  readonly isOrderedThroughout: boolean;
}

export interface FirstReadingSetup {
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** As in `Reading`. */
  readonly joinsTicks?: boolean;
  /** Is given the samples as they stand there. @returns undefined where there is nothing to wait for */
  readonly take: (lines: readonly SampleLine[], order: OrderSoFar) => Promise<void> | undefined;
  /** All of an input has been given. */
  readonly endInput: (read: ReadInput) => Promise<void>;
  readonly onBytes: (bytes: number) => void;
}

/** What is known of the order while it is read. */
export interface OrderSoFar {
  /** Whether what was given can be used as it came: in the order of time, each run's header before its samples. */
  readonly isUsable: boolean;
}

export async function readFirst(inputs: readonly Input[], setup: FirstReadingSetup): Promise<FirstReading> {
  const lineages = new Lineages();
  const headers = new Map<string, Header>();
  const events: MachineEvent[] = [];
  const outOfOrder = new Map<string, number>();
  const processors = new Map<string, ProcessorDetails>();
  const read: ReadInput[] = [];
  for (const input of inputs) {
    const reader = new InputReader(input, { ...setup, lineages, headers, events, outOfOrder, processors });
    read.push(await reader.read());
  }
  lineages.finish();
  return { inputs: read, headers: [...headers.values()], lineages, events, outOfOrder, processors };
}

interface ReaderSetup extends FirstReadingSetup {
  readonly lineages: Lineages;
  readonly headers: Map<string, Header>;
  readonly events: MachineEvent[];
  readonly outOfOrder: Map<string, number>;
  readonly processors: Map<string, ProcessorDetails>;
}

class InputReader implements OrderSoFar {
  readonly #input: Input;
  readonly #setup: ReaderSetup;
  readonly #damage = noDamage();
  readonly #last = new Map<string, number>();
  readonly #runsWithoutHeader = new Set<string>();
  /** Samples that name no run: with more headers than one it is not clear which of them is theirs. */
  #hasForeign = false;
  #samples = 0;
  #unwanted = 0;
  #first: number | undefined;
  #newest = Number.NEGATIVE_INFINITY;
  #isOrdered = true;
  #isOrderedThroughout = true;
  #hasLateHeader = false;

  constructor(input: Input, setup: ReaderSetup) {
    this.#input = input;
    this.#setup = setup;
  }

  get isUsable(): boolean {
    const { headers, lineages } = this.#setup;
    const isForeignClear = !this.#hasForeign || headers.size < 2;
    return this.#isOrdered && !this.#hasLateHeader && isForeignClear && lineages.isInOrder;
  }

  async read(): Promise<ReadInput> {
    const { selection, signal, lineages, events, processors: known, take, endInput, joinsTicks, onBytes } = this.#setup;
    const damage = this.#damage;
    const onHeader = (header: Header) => this.#noteHeader(header);
    const onEvent = (event: MachineEvent) => events.push(event);
    const onProcessors = (machine: string, found: ProcessorDetails) =>
      void (known.has(machine) || known.set(machine, found));
    const onUnwanted = () => {
      this.#unwanted += 1;
    };
    const reading = { selection, damage, joinsTicks, lineages, onHeader, onEvent, onProcessors, onBytes, onUnwanted };
    for await (const lines of this.#lines(reading)) {
      signal.throwIfAborted();
      for (const line of lines) this.#note(line);
      await take(lines, this); // none, too: what was learnt of the order counts
    }
    const result = this.#result();
    await endInput(result);
    return result;
  }

  /** A file that cannot be opened does not keep the others from being converted. */
  async *#lines(reading: Reading): AsyncGenerator<readonly SampleLine[]> {
    try {
      yield* readLines(this.#input, reading);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#damage.broken = explain(systemError(`read ${this.#input.name}`, error));
    }
  }

  #note({ machine, timestamp, run, header }: SampleLine): void {
    this.#samples += 1;
    if (this.#first === undefined || timestamp < this.#first) this.#first = timestamp;
    if (timestamp < this.#newest) this.#isOrderedThroughout = false;
    else this.#newest = timestamp;
    if (timestamp < (this.#last.get(machine) ?? 0)) this.#noteDisorder(machine);
    else this.#last.set(machine, timestamp);
    if (run === undefined) this.#hasForeign = true;
    else if (header === undefined) this.#runsWithoutHeader.add(run);
    if (header === undefined && this.#hasHeaderOf(run)) this.#hasLateHeader = true; // it came behind it in the same piece
  }

  #hasHeaderOf(run: string | undefined): boolean {
    const { headers } = this.#setup;
    return run === undefined ? headers.size > 0 : headers.has(run);
  }

  #noteDisorder(machine: string): void {
    const { outOfOrder } = this.#setup;
    this.#isOrdered = false;
    outOfOrder.set(machine, (outOfOrder.get(machine) ?? 0) + 1);
  }

  #noteHeader(header: Header): void {
    if (this.#hasForeign || this.#runsWithoutHeader.has(header.run)) this.#hasLateHeader = true;
    this.#setup.headers.set(header.run, header);
  }

  #result(): ReadInput {
    return {
      input: this.#input,
      samples: this.#samples,
      unwanted: this.#unwanted,
      first: this.#first,
      damage: this.#damage,
      badLines: new Set(),
      isOrdered: this.#isOrdered,
      isOrderedThroughout: this.#isOrderedThroughout,
    };
  }
}

/** What could not be read, as sentences. */
export function problemsOf({ inputs }: FirstReading): string[] {
  return inputs.flatMap(({ input, samples, unwanted, damage }) => {
    const sentences = damageSentences(damage);
    if (samples + unwanted === 0) sentences.unshift('it holds no sample');
    return sentences.map((sentence) => `${input.name}: ${sentence}`);
  });
}
