import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { mergeSamples, type Sample } from '@perfcollector/collection';
import {
  type Cell,
  intervalBetween,
  isNa,
  type RunFacts,
  rowDeriver,
  type Step,
  wideColumns,
} from '@perfcollector/derive';
import { CsvFile } from './csv-file.ts';
import type { MachineSample } from './input.ts';

/** What was written for one machine. */
export interface Table {
  readonly machine: string;
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  /** Samples that were there twice. */
  readonly duplicates: number;
  /** Intervals in which ticks are missing: their rates are means over a longer time. */
  readonly gaps: number;
  /** Samples that stand after later ones; their derived columns are NA. */
  readonly outOfOrder: number;
}

/** How many runs of one machine may go on side by side, each with its own intervals. */
const RUNS_SIDE_BY_SIDE = 8;

/** One machine's CSV: a row a sample, a column a field or what is derived of it. */
export class WideTable {
  readonly #machine: string;
  readonly #file: CsvFile;
  readonly #columns: number;
  readonly #derive: (step: Step) => Cell[];
  /** The last sample of each run, the newest run last. */
  readonly #last = new Map<string, Sample>();
  /** Held back until the next one shows that nothing more of its timestamp comes. */
  #held: MachineSample | undefined;
  #rows = 0;
  #duplicates = 0;
  #gaps = 0;
  #outOfOrder = 0;

  constructor(machine: string, directory: string, fields: Iterable<string>) {
    const columns = wideColumns(fields);
    const heading = ['timestamp', 'machine_id', ...columns.map((column) => column.name)];
    this.#machine = machine;
    this.#columns = heading.length;
    this.#derive = rowDeriver(columns);
    this.#file = new CsvFile(join(directory, fileName(machine)), heading);
  }

  /** @throws UserError where the file cannot be written */
  async add(next: MachineSample): Promise<void> {
    const held = this.#held;
    if (held?.sample.timestamp === next.sample.timestamp) {
      this.#held = this.#merge(held, next);
      return;
    }
    this.#held = next;
    if (held) await this.#write(held);
  }

  async finish(): Promise<Table> {
    if (this.#held) await this.#write(this.#held);
    await this.#file.finish();
    const counts = { duplicates: this.#duplicates, gaps: this.#gaps, outOfOrder: this.#outOfOrder };
    return { machine: this.#machine, path: this.#file.path, rows: this.#rows, columns: this.#columns, ...counts };
  }

  discard(): void {
    this.#file.discard();
  }

  #merge(held: MachineSample, next: MachineSample): MachineSample {
    const sample = mergeSamples(held.sample, next.sample);
    if (!sample) this.#duplicates += 1;
    return sample ? { ...held, sample } : held;
  }

  async #write({ sample, header }: MachineSample): Promise<void> {
    const before = this.#before(sample);
    const { clock_ticks: clockTicks, cpus } = header?.host ?? {};
    const run: RunFacts = { interval: header?.interval, clockTicks, cpus };
    const interval = intervalBetween(before, sample, run);
    if (!isNa(interval) && interval.isGap) this.#gaps += 1;
    if (before && before.timestamp > sample.timestamp) this.#outOfOrder += 1;
    const cells = this.#derive({ before, now: sample, interval });
    await this.#file.add([String(sample.timestamp), this.#machine, ...cells.map(formatCell)]);
    this.#rows += 1;
    this.#remember(sample);
  }

  /** The sample before this one of its own run; a run's first sample goes on from the run before it. */
  #before(sample: Sample): Sample | undefined {
    return this.#last.get(sample.run ?? '') ?? [...this.#last.values()].at(-1);
  }

  #remember(sample: Sample): void {
    const run = sample.run ?? '';
    this.#last.delete(run);
    this.#last.set(run, sample);
    const [oldest] = this.#last.keys();
    if (this.#last.size > RUNS_SIDE_BY_SIDE && oldest !== undefined) this.#last.delete(oldest);
  }
}

/** As R's read.csv takes it: a missing value is NA; a number is printed with all its digits and never with a locale's. */
function formatCell(cell: Cell): string {
  return isNa(cell) ? 'NA' : String(cell);
}

/** Longest file name, in bytes, that every Linux file system takes, less what is put behind it. */
const LONGEST_NAME = 200;

/** A file name for a machine's identifier, whatever characters a foreign collection put into it. */
function fileName(machine: string): string {
  const name = encodeURIComponent(machine.toWellFormed()).replace(/^\./, '%2E') || '%'; // a lone % is no other's name
  if (name.length <= LONGEST_NAME) return `${name}.csv`;
  const hash = createHash('sha256').update(machine).digest('hex').slice(0, 16);
  return `${name.slice(0, LONGEST_NAME)}-${hash}.csv`;
}
