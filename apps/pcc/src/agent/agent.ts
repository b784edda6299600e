import { encodeLine, type Header } from '@perfcollector/collection';
import type { Sink } from '../sink.ts';
import type { Recorder } from './recorder.ts';
import { type Schedule, ticks } from './schedule.ts';

export interface AgentSetup {
  readonly header: Header;
  readonly recorder: Recorder;
  readonly sink: Sink;
  readonly schedule: Schedule;
  /** Told of each sample after it was handed over; the line is valid during the call only. */
  readonly onSample?: ((line: Uint8Array, progress: Progress) => void) | undefined;
}

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

  constructor(setup: AgentSetup) {
    this.#setup = setup;
  }

  get progress(): Progress {
    return { taken: this.#taken, missed: this.#missed };
  }

  /** Samples until the schedule is over. */
  async run(): Promise<void> {
    const { recorder, sink, schedule, onSample } = this.#setup;
    for await (const { seq, lateMs } of ticks(schedule)) {
      this.#missed = seq - this.#taken - 1;
      const lines = await recorder.record({ seq, lateMs, missed: this.#missed, sink: sink.state });
      sink.add(lines, 'sample');
      recorder.done();
      this.#taken += 1;
      onSample?.(lines, this.progress);
    }
  }

  /** Puts an event into the collection. */
  mark(event: string): void {
    const line = encodeLine({ timestamp: Date.now() / 1000, run: this.#setup.header.run, event });
    this.#setup.sink.add(Buffer.from(line), 'event');
  }
}
