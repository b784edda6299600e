import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Bench, withoutSettings } from '../agent-run.ts';
import { trickleBodies, uploadBodies } from './bodies.ts';
import { post, type Target } from './http.ts';
import { bytesBelow, type Server, untilIdle } from './server.ts';

const PCD = fileURLToPath(new URL('../../../apps/pcd/bin/pcd.mjs', import.meta.url));
/** What its first line gives Node: it runs as it does for its users. */
const FLAGS = /^.*/.exec(readFileSync(PCD, 'utf8'))?.[0].match(/--\w\S*/g) ?? [];

export interface Pcd extends Server {
  readonly home: string;
  /** A path of its HTTP contract, with a key for everything. */
  at(path: string): Target;
}

/** @param nodeArgs for the Node that runs it */
export async function startPcd({ children, directory }: Bench, nodeArgs: readonly string[] = []): Promise<Pcd> {
  const home = mkdtempSync(join(directory, 'pcd-'));
  const args = [...FLAGS, ...nodeArgs, PCD, '--listen', '127.0.0.1:0', '--home', home, '--log-level', 'error'];
  const child = children.start(process.execPath, args, {
    env: withoutSettings(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child.process.stdout);
  const headers = { 'x-api-key': readFileSync(join(home, 'admin.key'), 'utf8').trim() };
  const at = (path: string): Target => ({ url: `${url}${path}`, headers });
  return {
    name: 'pcd',
    child,
    url,
    home,
    at,
    protocols: [
      { name: 'trickle, zstd', target: at('/v1/trickle'), bodies: (machine) => trickleBodies(machine) },
      { name: 'upload, zstd', target: at('/v1/upload'), bodies: uploadBodies },
    ],
    flush: () => askFor(at('/v1/seal')),
    async compact() {
      await untilIdle(child);
      await askFor(at('/v1/seal'));
      await askFor(at('/v1/vacuum'));
      await untilIdle(child);
    },
    bytesOnDisk: () => bytesBelow(home),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

async function addressOf(stdout: NodeJS.ReadableStream | null): Promise<string> {
  if (!stdout) throw new Error('BUG: the output of pcd is not read');
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const [, url] = / listening on (\S+),/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('pcd ended before it listened');
}

/** @throws Error where it is refused */
async function askFor(target: Target): Promise<void> {
  const { status, body } = await post(target);
  if (status === 404) console.error(`pcd has no POST ${new URL(target.url).pathname}: measured without`);
  else if (status >= 300) throw new Error(`POST ${target.url} was answered ${status}: ${body}`);
}
