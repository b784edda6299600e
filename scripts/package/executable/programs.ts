/** Where the executable begins once it knows by which name it was called. */
import { runBin } from '@perfcollector/cli';

type Load = () => Promise<{ readonly main: Parameters<typeof runBin>[0] }>;

const MAINS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['pcc', () => import('../../../apps/pcc/src/main.ts')],
  ['pcd', () => import('../../../apps/pcd/src/main.ts')],
  ['pcctl', () => import('../../../apps/pcctl/src/main.ts')],
  ['pcprocess', () => import('../../../apps/pcprocess/src/main.ts')],
]);

/** Runs a program until its end, which ends the process. */
export async function run(name: string): Promise<void> {
  const load = MAINS.get(name);
  if (!load) {
    process.stderr.write(`${name || 'perfcollector'}: call this as ${[...MAINS.keys()].join(', ')}\n`);
    process.exit(2);
  }
  await runBin((await load()).main);
}
