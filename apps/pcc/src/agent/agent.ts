import { encodeLine, type Header, SampleLine } from '@perfcollector/collection';
import type { HostReader } from '@perfcollector/procfs';
import type { Sink } from '../sink.ts';
import { Meter } from './meter.ts';
import type { Sampler } from './sampler.ts';
import { type Schedule, ticks } from './schedule.ts';

export interface AgentSetup {
  readonly host: HostReader;
  readonly header: Header;
  readonly sampler: Sampler;
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
    const { host, header, sampler, sink, schedule, onSample } = this.#setup;
    const meter = new Meter(host);
    const line = new SampleLine();
    const { run, identifier: machineId } = header;
    for await (const { seq, lateMs } of ticks(schedule)) {
      meter.begin();
      this.#missed = seq - this.#taken - 1;
      line.begin({ timestamp: Date.now() / 1000, run, seq, machineId });
      await sampler.sampleInto(line);
      meter.put(line, { lateMs, missed: this.#missed }, sink.state);
      const bytes = line.finish();
      sink.add(bytes, 'sample');
      meter.end();
      this.#taken += 1;
      onSample?.(bytes, this.progress);
    }
  }

  /** Puts an event into the collection. */
  mark(event: string): void {
    const line = encodeLine({ timestamp: Date.now() / 1000, run: this.#setup.header.run, event });
    this.#setup.sink.add(Buffer.from(line), 'event');
  }
}
