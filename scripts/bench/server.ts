import { join } from 'node:path';
import { openPrograms } from '../demo/programs.ts';
import type { Bench } from './agent-run.ts';

/** A pcd of the bench's own, on loopback. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  /** File with a key that may send and read. */
  readonly key: string;
  /** Samples that it has stored. */
  samples(): Promise<number>;
}

export async function startServer({ directory, stopped }: Bench): Promise<Server> {
  const { run, serve, stopAll } = openPrograms(directory, stopped);
  const url = await serve();
  const key = join(directory, 'bench.key');
  const settings = { PCCTL_SERVER: url };
  await run('pcctl', ['keys', 'create', '--name', 'bench', '--scopes', 'ingest,read', '-o', key], settings);
  return {
    url,
    key,
    samples: async () => JSON.parse(await run('pcctl', ['status', '--json'], settings)).samples,
    [Symbol.asyncDispose]: stopAll,
  };
}
