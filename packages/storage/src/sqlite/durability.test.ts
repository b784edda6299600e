import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { exported } from '../test-contract/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { numberedSample, VICTIM } from './test-append-until-killed.ts';

const PROGRAM = fileURLToPath(new URL('./test-append-until-killed.ts', import.meta.url));

/** Lets the program append and kills it after so many acknowledgements; gives the numbers that it acknowledged. */
async function appendAndKill(path: string, { first, after }: { first: number; after: number }): Promise<number[]> {
  const child = spawn(process.execPath, [PROGRAM, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return said.split('\n').slice(0, -1).map(Number);
}

it('every sample that was acknowledged before a kill -9 is there exactly once, whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'durability-'));
  const path = join(directory, 'store.sqlite');
  const acknowledged: number[] = [];
  for (const round of [0, 1, 2, 3, 4]) {
    const after = 1 + Math.floor(Math.random() * 400);
    acknowledged.push(...(await appendAndKill(path, { first: round * 1_000_000, after })));
    const store = await openSqliteStore(path);
    const stored = (await exported(store, VICTIM)) as { fields: { number: number } }[];
    await store.close();
    const numbers = stored.map(({ fields }) => fields.number);
    expect(stored).toEqual(numbers.map(numberedSample));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(acknowledged.filter((number) => !numbers.includes(number))).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(5);
  rmSync(directory, { recursive: true });
});
