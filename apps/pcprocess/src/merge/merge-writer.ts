import type { CollectionWriter } from '../output/collection-writer.ts';
import { Moments } from './moments.ts';
import type { MergeLine } from './sort-lines.ts';

/** What was written of one machine. */
export interface MergedMachine {
  readonly machine: string;
  samples: number;
  events: number;
  raw_lines: number;
  first: number | null;
  last: number | null;
}

/** Writes lines that come in the order of their time: each header once, before its run, and nothing twice. */
export class MergeWriter {
  readonly machines = new Map<string, MergedMachine>();
  readonly #writer: CollectionWriter;
  readonly #headers = new Map<string, Buffer>();
  readonly #moments = new Moments();
  duplicates = 0;
  /** Headers that were not written, for they say something else of a run than the first did. */
  readonly differing = new Set<string>();

  constructor(writer: CollectionWriter) {
    this.#writer = writer;
  }

  get runs(): number {
    return this.#headers.size;
  }

  async add(line: MergeLine): Promise<void> {
    if (line.header) await this.#addHeader(line.header);
    if (line.kind === 'header') return;
    if (this.#moments.isDuplicate(line)) {
      this.duplicates += 1;
      return;
    }
    this.#count(line);
    await this.#writer.add(line.content);
  }

  async #addHeader({ value: { run }, content }: NonNullable<MergeLine['header']>): Promise<void> {
    const known = this.#headers.get(run);
    if (known === undefined) {
      this.#headers.set(run, content);
      await this.#writer.add(content);
    } else if (known !== content && !known.equals(content)) this.differing.add(run);
  }

  #count({ machine, kind, time }: MergeLine): void {
    const counts = this.machines.get(machine) ?? {
      machine,
      samples: 0,
      events: 0,
      raw_lines: 0,
      first: null,
      last: null,
    };
    this.machines.set(machine, counts);
    if (kind === 'sample') counts.samples += 1;
    else if (kind === 'event') counts.events += 1;
    else counts.raw_lines += 1;
    counts.first ??= time;
    counts.last = time;
  }
}
