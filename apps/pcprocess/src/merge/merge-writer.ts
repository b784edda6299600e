import { addFields, noDamage, type Sample } from '@perfcollector/collection';
import { readText } from '../input/whole-lines.ts';
import type { CollectionWriter } from '../output/collection-writer.ts';
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

/** The lines of one machine that have the time of the last one. */
interface Moment {
  readonly time: number;
  /** What its samples say together, as readers put them together; made when a second one comes. */
  sample?: Sample;
  sampleContent?: Buffer;
  /** Events, and kernel files of raw lines. */
  readonly others: Set<string>;
}

/** Writes lines that come in the order of their time: each header once, before its run, and nothing twice. */
export class MergeWriter {
  readonly machines = new Map<string, MergedMachine>();
  readonly #writer: CollectionWriter;
  readonly #headers = new Map<string, Buffer>();
  readonly #moments = new Map<string, Moment>();
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
    if (this.#isDuplicate(line)) {
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

  #isDuplicate(line: MergeLine): boolean {
    const moment = this.#momentOf(line);
    if (line.kind === 'sample') return isRepeated(moment, line.content);
    const key = line.kind === 'raw' ? subsystemOf(line.content) : line.content.toString();
    const isKnown = moment.others.has(key);
    moment.others.add(key);
    return isKnown;
  }

  #momentOf({ machine, time }: MergeLine): Moment {
    const known = this.#moments.get(machine);
    if (known?.time === time) return known;
    const moment: Moment = { time, others: new Set() };
    this.#moments.set(machine, moment);
    return moment;
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

/** Whether a sample adds nothing to those of its machine and time that came before. */
function isRepeated(moment: Moment, content: Buffer): boolean {
  const before = moment.sampleContent;
  if (!before) {
    moment.sampleContent = Buffer.from(content);
    return false;
  }
  if (before.equals(content)) return true;
  moment.sample ??= sampleIn(before);
  return !addFields(moment.sample, sampleIn(content));
}

function sampleIn(content: Buffer): Sample {
  const { line } = readText(content.toString(), noDamage());
  if (line.kind !== 'sample') throw new Error('BUG: a sample was read as something else');
  return line.value;
}

function subsystemOf(content: Buffer): string {
  const { line } = readText(content.toString(), noDamage());
  return line.kind === 'raw' ? line.value.subsystem : '';
}
