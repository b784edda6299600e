import type { Log } from '@perfcollector/cli';
import {
  type Fields,
  type HostReader,
  ParseError,
  type ReadSource,
  type Source,
  SourceError,
  sources,
} from '@perfcollector/procfs';

/** Takes samples of one host. */
export interface Sampler {
  /** Reads every source once. A source that cannot be read costs its own fields and nothing else. */
  sample(): Promise<Fields>;
}

/** Prepares sampling with every source that can be read on a live host. What goes wrong with one is said once. */
export function openSampler(host: HostReader, log: Log): Sampler {
  const opened = sources.flatMap((source) => (source.open ? [{ source, read: source.open(host) }] : []));
  const said = new Set<string>();
  const say = (level: 'info' | 'warn', message: string) => {
    if (said.has(message)) return;
    said.add(message);
    log[level](message);
  };
  return {
    async sample() {
      const parts: Fields[] = [];
      for (const { source, read } of opened) parts.push(await readOne(source, read, say));
      return Object.assign({}, ...parts);
    },
  };
}

type Say = (level: 'info' | 'warn', message: string) => void;

async function readOne(source: Source, read: ReadSource, say: Say): Promise<Fields> {
  try {
    const got = await read();
    if (typeof got === 'string') return source.parse(got, source.subsystem);
    for (const problem of got.problems) say('warn', problem);
    return source.parse(got.text, source.subsystem);
  } catch (error) {
    if (error instanceof SourceError && error.reason === 'unavailable')
      say('info', `${source.name} is not available here: ${error.message}`);
    else if (error instanceof SourceError || error instanceof ParseError)
      say('warn', `${source.name} is left out: ${error.message}`);
    else throw error;
    return {};
  }
}
