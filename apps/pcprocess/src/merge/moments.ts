import { addFields, noDamage, type Sample } from '@perfcollector/collection';
import { readText } from '../input/whole-lines.ts';
import type { MergeLine } from './sort-lines.ts';

/** The lines of one machine that have the time of the last one. */
interface Moment {
  readonly time: number;
  /** What its samples say together, as readers put them together; made when a second one comes. */
  sample?: Sample;
  sampleContent?: Buffer;
  /** Events, and kernel files of raw lines. */
  readonly others: Set<string>;
}

/** Tells of lines that come in the order of their time which of them say nothing new. */
export class Moments {
  readonly #byMachine = new Map<string, Moment>();

  isDuplicate({ machine, time, kind, content }: MergeLine): boolean {
    const moment = this.#of(machine, time);
    if (kind === 'sample') return isRepeated(moment, content);
    const key = kind === 'raw' ? subsystemOf(content) : content.toString();
    const isKnown = moment.others.has(key);
    moment.others.add(key);
    return isKnown;
  }

  #of(machine: string, time: number): Moment {
    const known = this.#byMachine.get(machine);
    if (known?.time === time) return known;
    const moment: Moment = { time, others: new Set() };
    this.#byMachine.set(machine, moment);
    return moment;
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

/** The sample that a line is. */
export function sampleIn(content: Buffer): Sample {
  const { line } = readText(content.toString(), noDamage());
  if (line.kind !== 'sample') throw new Error('BUG: a sample was read as something else');
  return line.value;
}

function subsystemOf(content: Buffer): string {
  const { line } = readText(content.toString(), noDamage());
  return line.kind === 'raw' ? line.value.subsystem : '';
}
