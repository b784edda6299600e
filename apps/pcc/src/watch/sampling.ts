import type { Log } from '@perfcollector/cli';
import { SampleLine } from '@perfcollector/collection';
import type { HostFacts, HostReader, SamplingSettings, Source } from '@perfcollector/procfs';
import { parseSample } from '../agent/parse-sample.ts';
import { Sampler } from '../agent/sampler.ts';
import { type Derived, liveDerivation } from '../live/derived.ts';
import { SHOWN_GROUPS } from './tables.ts';

export interface WatchedHost {
  readonly host: HostReader;
  readonly facts: HostFacts;
  readonly sources: readonly Source[];
  readonly settings: SamplingSettings;
  readonly log: Log;
}

/** Reads a host, again and again, and derives what the screen shows. */
export function sampling({ facts, ...setup }: WatchedHost): { take(): Promise<Derived>; close(): void } {
  const sources = setup.sources.filter(({ groups }) => groups.some(({ group }) => SHOWN_GROUPS.has(group)));
  const sampler = new Sampler({ ...setup, sources });
  const derive = liveDerivation({ run: { clockTicks: facts.clock_ticks, cpus: facts.cpus }, groups: SHOWN_GROUPS });
  const line = new SampleLine();
  let seq = 0;
  return {
    async take() {
      seq += 1;
      line.begin({ timestamp: Date.now() / 1000, run: '', seq, machineId: '' });
      await sampler.sampleInto(line);
      return derive(parseSample(line.finish()));
    },
    close: () => sampler.close(),
  };
}
