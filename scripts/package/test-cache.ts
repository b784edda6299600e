/** What tests make once and keep between runs, and that no two of them make it at the same time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CACHE =
  process.env.PERFCOLLECTOR_CACHE ?? fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** Does it when no other test does what has the same name. */
export async function alone<Made>(name: string, make: () => Made | Promise<Made>): Promise<Made> {
  mkdirSync(CACHE, { recursive: true });
  const keeper = spawn('flock', [join(CACHE, `${name}.lock`), 'sh', '-c', 'echo mine && exec cat']);
  try {
    await Promise.race([once(keeper.stdout, 'data'), failing(keeper)]);
    return await make();
  } finally {
    keeper.stdin.end(); // which a test that is killed does, too
  }
}

async function failing(keeper: ChildProcess): Promise<never> {
  const [code] = await once(keeper, 'close');
  throw new Error(`flock ended with ${code}`);
}
