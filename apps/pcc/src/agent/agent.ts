import { encodeLine, type Header } from '@perfcollector/collection';
import type { Sink } from '../sink.ts';
import type { Recorder } from './recorder.ts';
import type { Tick } from './schedule.ts';

export interface AgentSetup {
  readonly header: Header;
  readonly recorder: Recorder;
  readonly sink: Sink;
  /** When to sample, and for how long. */
  readonly ticks: AsyncIterable<Tick>;
  /** Told of each sample after it was handed over. */
  readonly listeners?: readonly SampleListener[] | undefined;
}

/** @param lines valid during the call only */
export type SampleListener = (lines: Uint8Array, progress: Progress) => void;

/** How far a run is. */
export interface Progress {
  readonly taken: number;
  readonly missed: number;
}

/** One run: a sample a tick, marks in between. */
export class Agent {
  readonly #setup: AgentSetup;
  #taken = 0;
  #missed = 0;
  #lastAt = performance.now();

  constructor(setup: AgentSetup) {
    this.#setup = setup;
  }

  get progress(): Progress {
    return { taken: this.#taken, missed: this.#missed };
  }

  /** How long ago the last sample was taken, or the run began, in seconds; sleep of the machine does not count. */
  get age(): number {
    return (performance.now() - this.#lastAt) / 1000;
  }

  /** Samples until the ticks are over. The next one is asked for when a sample has been handed over. */
  async run(): Promise<void> {
    const { recorder, sink, ticks, listeners = [] } = this.#setup;
    for await (const { seq, lateMs } of ticks) {
      this.#missed = seq - this.#taken - 1;
      const lines = await recorder.record({ seq, lateMs, missed: this.#missed, sink: sink.state });
      sink.add(lines, 'sample');
      recorder.done();
      this.#taken += 1;
      this.#lastAt = performance.now();
      for (const tell of listeners) tell(lines, this.progress);
    }
  }

  /** Puts an event into the collection. Returns its time, Unix seconds. */
  mark(event: string): number {
    const timestamp = Date.now() / 1000;
    const line = encodeLine({ timestamp, run: this.#setup.header.run, event });
    this.#setup.sink.add(Buffer.from(line), 'event');
    return timestamp;
  }
}
