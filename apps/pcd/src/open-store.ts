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
    return await openSqliteStore(home.database, options);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new UserError(error.code, `cannot open the store ${home.database}: ${error.message}`, {
      hint: HINTS[error.code],
      cause: error,
    });
  }
}

const HINTS: Partial<Record<StoreError['code'], string>> = {
  BUSY: 'Another pcd uses this home: stop it, or give this one its own with --home.',
  DAMAGED: 'The file is no database, or is damaged. Put a backup in its place, or move it away to begin anew.',
  FULL: 'Make room on its disk.',
  READONLY: 'Let the user that pcd runs as write the file and its directory, or choose another home with --home.',
};
