import { resolve } from 'node:path';
import type { Log } from '@perfcollector/cli';
import type { Header } from '@perfcollector/collection';
import type { HostReader, SamplingSettings, Source } from '@perfcollector/procfs';
import { Agent, type AgentSetup, type Progress } from './agent/agent.ts';
import { rawRecorder, sampleRecorder } from './agent/recorder.ts';
import { Sampler } from './agent/sampler.ts';
import type { Answers, Control, Marked, Status } from './control/control-server.ts';
import type { Sink } from './sink.ts';

export interface Session extends Pick<AgentSetup, 'ticks' | 'listeners'> {
  readonly host: HostReader;
  readonly sources: readonly Source[];
  readonly settings: SamplingSettings;
  readonly header: Header;
  /** Raw lines have no place for marks. */
  readonly format: 'sample' | 'raw';
  readonly sink: Sink;
  /** The control socket as it was asked for. */
  readonly control: string | undefined;
  /** Where the collection goes, as marks are told. */
  readonly place: Place;
  readonly log: Log;
  /** Called when it is about to sample and takes marks. */
  readonly onBegin?: (() => void) | undefined;
}

export type Place = Pick<Marked, 'collection' | 'server'>;

/** @param options those of collect */
export function placeOf(options: { mode: 'local' | 'trickle'; collection: string; server: string | undefined }): Place {
  if (options.mode === 'local') return { collection: resolve(options.collection) };
  return options.server === undefined ? {} : { server: options.server };
}

/** One run of the agent from the first tick to the last, marks in between. The sink stays open, unless it fails. */
export async function runSession({ control, place, ...session }: Session): Promise<Progress> {
  const { header, sink, log } = session;
  try {
    const sampler = new Sampler(session);
    const isRaw = session.format === 'raw';
    const recorder = isRaw ? rawRecorder(sampler) : sampleRecorder(session.host, header, sampler);
    const agent = new Agent({ ...session, recorder });
    const listening = isRaw ? undefined : await listen({ control, log, ...answersOf(agent, { header, sink, place }) });
    try {
      session.onBegin?.();
      await agent.run();
    } finally {
      sampler.close();
      await listening?.close();
    }
    const { missed } = agent.progress;
    if (missed > 0)
      log.warn(`${missed === 1 ? '1 tick was' : `${missed} ticks were`} missed: this machine was too busy, or asleep`);
    return agent.progress;
  } catch (error) {
    await sink.close(); // what was sampled before is kept, whatever went wrong
    throw error;
  }
}

function answersOf(agent: Agent, { header, sink, place }: Pick<Session, 'header' | 'sink' | 'place'>): Answers {
  const { run, identifier, interval } = header;
  const status = (): Status => {
    return { run, identifier, interval, ...agent.progress, age: agent.age, waiting: sink.state.waitingSamples };
  };
  return { mark: (text) => ({ run, identifier, timestamp: agent.mark(text), ...place }), status };
}

interface Listening extends Answers {
  readonly control: string | undefined;
  readonly log: Log;
}

/** Loads what listens only where something does. */
async function listen(setup: Listening): Promise<Control | undefined> {
  if (setup.control === 'none') return undefined;
  const { openControl } = await import('./control/control-server.ts');
  return openControl(setup);
}
