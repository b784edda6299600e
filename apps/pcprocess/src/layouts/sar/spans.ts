import type { Header, Sample } from '@perfcollector/collection';
import { type Interval, intervalBetween, type Na, na } from '@perfcollector/derive';
import type { MachineStep } from '../layout.ts';
import type { Devices, SampleParts } from './device-stats.ts';

/** A group of fields in one sample and in the last one before it that has the group. */
export interface Span {
  readonly timestamp: number;
  readonly before: Devices | undefined;
  readonly now: Devices;
  readonly interval: Interval | Na;
  readonly header: Header | undefined;
}

/**
 * The spans of one group. Where a sample has nothing of the group, the next one that has goes on from the last one that
 * had: a kernel file that could not be read once costs one row, not two.
 */
export class Spans {
  readonly #group: string;
  readonly #parts: SampleParts;
  #last: Sample | undefined;

  constructor(group: string, parts: SampleParts) {
    this.#group = group;
    this.#parts = parts;
  }

  /** Undefined where the step's sample has nothing of the group. */
  add(step: MachineStep): Span | undefined {
    const now = this.#parts.devicesOf(this.#group, step.now);
    if (!now) return undefined;
    const base = this.#baseOf(step);
    this.#last = step.now;
    return { timestamp: step.now.timestamp, now, header: step.header, ...base };
  }

  #baseOf(step: MachineStep): Pick<Span, 'before' | 'interval'> {
    const before = step.before && this.#parts.devicesOf(this.#group, step.before);
    if (before) return { before, interval: step.interval };
    const last = this.#last?.run === step.now.run ? this.#last : undefined;
    if (!last) return { before: undefined, interval: na('first') };
    return { before: this.#parts.devicesOf(this.#group, last), interval: intervalSince(last, step) };
  }
}

function intervalSince(last: Sample, { now, header }: MachineStep): Interval | Na {
  const { clock_ticks: clockTicks, cpus } = header?.host ?? {};
  return intervalBetween(last, now, { interval: header?.interval, clockTicks, cpus });
}
