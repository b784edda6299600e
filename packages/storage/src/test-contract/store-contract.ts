/**
 * What every Store keeps to, as tests: an implementation calls `storeContract` from a test file of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { Store } from '../store.ts';
import { appending } from './appending.ts';
import { completeness } from './completeness.ts';
import { exporting } from './exporting.ts';
import type { Capabilities, Test } from './fixtures.ts';
import { lifetime } from './lifetime.ts';
import { machines } from './machines.ts';
import { series } from './series.ts';

/** Opens the store that is kept in a directory; the same directory gives the same data again. */
type Open = (directory: string) => Promise<Store>;

export function storeContract(name: string, open: Open, capabilities: Capabilities): void {
  const test: Test = (title, run) => it(title, () => withStore(open, capabilities, run));
  describe(`${name}, appending`, () => appending(test));
  describe(`${name}, exporting`, () => exporting(test));
  describe(`${name}, machines`, () => machines(test));
  describe(`${name}, completeness`, () => completeness(test));
  describe(`${name}, series`, () => series(test));
  describe(`${name}, lifetime`, () => lifetime(test));
}

async function withStore(open: Open, capabilities: Capabilities, run: Parameters<Test>[1]): Promise<void> {
  const { knowsWhatItHolds } = capabilities;
  const directory = mkdtempSync(join(tmpdir(), 'store-test-'));
  let store = await open(directory);
  const reopen = async () => {
    await store.close();
    store = await open(directory);
    return store;
  };
  try {
    await run(store, {
      ...capabilities,
      reopen,
      outcome: (stored, duplicates) =>
        knowsWhatItHolds ? { stored, duplicates } : { stored: stored + duplicates, duplicates: 0 },
      duplicates: (count) => (knowsWhatItHolds ? count : null),
    });
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}
