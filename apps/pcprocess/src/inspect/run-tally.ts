import type { Header, Sample } from '@perfcollector/collection';
import { AGENT_COUNTS, type RunCompleteness, runCompleteness } from '@perfcollector/storage/runs';
import { SeqRanges } from './seq-ranges.ts';

/** A run, whole or not. */
export interface InspectedRun extends RunCompleteness {
  readonly machine: string;
  readonly hostname: string | null;
  readonly kernel: string | null;
  readonly samples: number;
  /** Unix seconds; null where there is no sample. */
  readonly first_time: number | null;
  readonly last_time: number | null;
}

/** Counts the samples of one run. */
export class RunTally {
  readonly #run: string;
  readonly #machine: string;
  readonly #ranges = new SeqRanges();
  #header: Header | null = null;
  #samples = 0;
  #times = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  /** Of the highest `seq`: what the agent counts itself. */
  #last: Sample | null = null;

  constructor(run: string, machine: string) {
    this.#run = run;
    this.#machine = machine;
  }

  begin(header: Header): void {
    this.#header ??= header;
  }

  add({ timestamp, seq, fields }: Sample): void {
    // Raw lines of one time are one sample.
    if (seq !== undefined || timestamp !== this.#times.last) this.#samples += 1;
    this.#times.first = Math.min(this.#times.first, timestamp);
    this.#times.last = Math.max(this.#times.last, timestamp);
    if (seq === undefined) return;
    this.#ranges.add(seq, timestamp * 1000);
    if (this.#last?.seq !== undefined && seq < this.#last.seq) return;
    const counts = Object.values(AGENT_COUNTS).filter((name) => Object.hasOwn(fields, name));
    this.#last = { timestamp, seq, fields: Object.fromEntries(counts.map((name) => [name, fields[name] ?? 0])) };
  }

  report(): InspectedRun {
    const { all: ranges, duplicates, filled } = this.#ranges;
    const header = this.#header;
    const complete = runCompleteness({ run: this.#run, header, ranges, duplicates, lastSample: this.#last });
    return {
      ...complete,
      received: complete.received - filled,
      missing_samples: complete.missing_samples + filled,
      machine: header?.identifier ?? this.#machine,
      hostname: textOf(header?.host?.hostname),
      kernel: textOf(header?.host?.kernel),
      samples: this.#samples,
      first_time: this.#samples > 0 ? this.#times.first : null,
      last_time: this.#samples > 0 ? this.#times.last : null,
    };
  }
}

/** A foreign header may lack it, or have something else there. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
