/**
 * For the test of durability: run as a program it opens the store that its command line names and appends sample after
 * sample, four at a time, from a first number on. It says each number when the store has acknowledged its sample, and
 * goes on until it is killed.
 */
import type { Sample } from '@perfcollector/collection';
import { openSqliteStore } from './sqlite-store.ts';

export const VICTIM = { tenant: 'acme', machine: 'victim' };
const AT_ONCE = 4;

export function numberedSample(number: number): Sample {
  return { timestamp: 1_700_000_000 + number, fields: { number, filler: 'x'.repeat(500) } };
}

async function appendForever(path: string, first: number): Promise<void> {
  const store = await openSqliteStore(path);
  let next = first;
  const appendOneByOne = async () => {
    for (;;) {
      const number = next++;
      await store.append({ ...VICTIM, headers: [], samples: [numberedSample(number)], events: [] });
      process.stdout.write(`${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, appendOneByOne));
}

if (import.meta.main) await appendForever(process.argv[2] ?? '', Number(process.argv[3]));
