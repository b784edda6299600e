import { type Io, type Log, ServiceManager } from '@perfcollector/cli';
import type { Progress, SampleListener } from './agent/agent.ts';
import type { Place } from './session.ts';

interface Service {
  readonly begin: () => void;
  readonly onSample: SampleListener;
  close(): Promise<void>;
}

/** Tells systemd, where it started this, how the run goes. */
export function openService({ io, log, place }: { io: Io; log: Log; place: Place }): Service {
  const manager = new ServiceManager({ env: io.env, report: (problem) => log.warn(problem) });
  const into = place.collection ?? place.server;
  let progress: Progress = { taken: 0, missed: 0 };
  const onStop = () => void manager.stopping('handing over the last samples');
  return {
    begin() {
      void manager.ready(() => `${progress.taken} samples into ${into}, ${progress.missed} ticks missed`);
      io.signal.addEventListener('abort', onStop, { once: true });
    },
    onSample(_, now) {
      progress = now;
    },
    close: () => manager.close(),
  };
}
