import { existsSync, statSync } from 'node:fs';
import { UserError } from '@perfcollector/cli';
import {
  checkVictoriaMetricsAddress,
  type EmbeddedStore,
  isVictoriaMetricsAddress,
  type KeyStore,
  openSqliteStore,
  openVictoriaMetricsStore,
  type SqliteOptions,
  type Store,
  StoreError,
} from '@perfcollector/storage';
import type { Home } from './home.ts';

/** Where a pcd keeps what it was sent, and where its keys and its audit log are. */
export interface Stores {
  readonly samples: Store;
  /** Always in the home. */
  readonly keys: KeyStore;
  close(): Promise<void>;
}

export const EMBEDDED = 'sqlite';

/** `sqlite`, or the address of VictoriaMetrics; it may hold a password. @throws Error with a sentence without it */
export function parseStore(text: string): string {
  if (text === EMBEDDED) return text;
  if (!isVictoriaMetricsAddress(text)) {
    throw new Error('it is no store; expected sqlite, or an address such as victoriametrics+http://127.0.0.1:8428');
  }
  checkVictoriaMetricsAddress(text);
  return text;
}

/** @param setting as `parseStore` takes it */
export async function openStores(setting: string, home: Home, options: SqliteOptions = {}): Promise<Stores> {
  const embedded = await openEmbedded(home, options);
  if (setting === EMBEDDED) return { samples: embedded, keys: embedded, close: () => embedded.close() };
  const samples = openVictoriaMetricsStore(setting);
  return {
    samples,
    keys: embedded,
    async close() {
      await samples.close();
      await embedded.close();
    },
  };
}

async function openEmbedded(home: Home, options: SqliteOptions): Promise<EmbeddedStore> {
  try {
    checkNotEmptied(home);
    return await openSqliteStore(home.database, options);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new UserError(error.code, `cannot open the store ${home.database}: ${error.message}`, {
      hint: HINTS[error.code],
      cause: error,
    });
  }
}

/** The key is written after the store: an empty file beside it is not one of which the first start broke off. */
function checkNotEmptied({ database, adminKey }: Home): void {
  if (!existsSync(adminKey) || statSync(database, { throwIfNoEntry: false })?.size !== 0) return;
  throw new StoreError('DAMAGED', `the file is empty, and ${adminKey} says that there was a store`);
}

const HINTS: Partial<Record<StoreError['code'], string>> = {
  BUSY: 'Another pcd uses this home: stop it, or give this one its own with --home.',
  DAMAGED:
    'The file is no database, or is damaged. Move it away, with the file of its name and -wal where there is one; then put a backup in its place, or begin anew without.',
  FULL: 'Make room on its disk.',
  NO_ACCESS:
    'See that it is a file, that its disk may be written to, and that the user that pcd runs as may read and write it and its directory.',
  READONLY: 'Let the user that pcd runs as write the file and its directory, or choose another home with --home.',
};
