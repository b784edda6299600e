import { encodeLine, type Header, SampleLine } from '@perfcollector/collection';
import type { HostReader } from '@perfcollector/procfs';
import type { SinkState } from '../sink.ts';
import { Meter, type TickFacts } from './meter.ts';
import type { Sampler } from './sampler.ts';

/** A tick to be recorded. */
interface RecorderTick extends TickFacts {
  readonly seq: number;
  readonly sink: SinkState;
}

/** Makes the lines of a tick. */
export interface Recorder {
  /** @returns whole lines, line feeds included, valid until the next call */
  record(tick: RecorderTick): Promise<Uint8Array>;
  /** The lines are where they go. */
  done(): void;
}

/** A sample a tick, with the agent's own fields. */
export function sampleRecorder(host: HostReader, { run, identifier }: Header, sampler: Sampler): Recorder {
  const meter = new Meter(host);
  const line = new SampleLine();
  return {
    async record({ seq, lateMs, missed, sink }) {
      meter.begin();
      line.begin({ timestamp: Date.now() / 1000, run, seq, machineId: identifier });
      await sampler.sampleInto(line);
      meter.put(line, { lateMs, missed }, sink);
      return line.finish();
    },
    done: () => meter.end(),
  };
}

/** perfcollector2's lines: the text of each kernel file that it knows, with the tick's whole second. */
export function rawRecorder(sampler: Sampler): Recorder {
  return {
    async record() {
      const timestamp = Math.floor(Date.now() / 1000);
      const texts = await sampler.rawTexts();
      const lines = texts.map(({ subsystem, text }) => encodeLine({ timestamp, subsystem, measurement: text }));
      return Buffer.from(lines.join(''));
    },
    done() {},
  };
}
