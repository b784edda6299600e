/** One store for the tests of a file: opening one starts threads. Each test takes machines of its own. Nothing else imports it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll } from 'vitest';
import type { MachineRef } from '../store.ts';
import { type EmbeddedStore, openSqliteStore } from './sqlite-store.ts';

export interface SharedStore {
  readonly store: EmbeddedStore;
  newMachine(): MachineRef;
  /** What a query of the database itself gives. */
  rows(query: string): Record<string, unknown>[];
}

export function sharedStore(): SharedStore {
  let store: EmbeddedStore | undefined;
  let machines = 0;
  const directory = mkdtempSync(join(tmpdir(), 'shared-store-'));
  const path = join(directory, 'store.sqlite');
  beforeAll(async () => {
    store = await openSqliteStore(path);
  });
  afterAll(async () => {
    await store?.close();
    rmSync(directory, { recursive: true });
  });
  return {
    get store() {
      if (!store) throw new Error('BUG: the store is open while tests run');
      return store;
    },
    newMachine() {
      machines += 1;
      return { tenant: 'acme', machine: `m${machines}` };
    },
    rows(query) {
      const db = new DatabaseSync(path, { readOnly: true });
      try {
        return db.prepare(query).all() as Record<string, unknown>[];
      } finally {
        db.close();
      }
    },
  };
}
