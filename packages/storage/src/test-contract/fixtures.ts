import type { EventMark, Header, Sample } from '@perfcollector/collection';
import { expect } from 'vitest';
import type { AppendResult, Batch, MachineRef, Store, StoredKey, TimeRange } from '../store.ts';

/** In what stores may differ. */
export interface Capabilities {
  /**
   * Looks, as it writes, at what it holds already. So it counts samples that come again; of two values for one field and
   * time it keeps the one that came first; and of two runs at one moment it keeps the first one's sample. A store that
   * does not look says that it stored them, does not know how many were duplicates, keeps any of the two values, and
   * keeps the samples of both runs.
   */
  readonly knowsWhatItHolds: boolean;
}

/** Declares a test that gets a store of its own, empty, a way to close and open it again, and what that store can do. */
export type Test = (title: string, run: (store: Store, more: More) => Promise<void>) => void;

interface More extends Capabilities {
  readonly reopen: () => Promise<Store>;
  /** What an append answers where so many samples are new and so many are there already. */
  readonly outcome: (stored: number, duplicates: number) => AppendResult;
  /** How many duplicates completeness tells of where it was so many. */
  readonly duplicates: (count: number) => number | null;
}

export const WEB: MachineRef = { tenant: 'acme', machine: 'web01' };
export const DB: MachineRef = { tenant: 'acme', machine: 'db01' };
/** Another tenant's machine of the same name. */
export const OTHERS: MachineRef = { tenant: 'other', machine: 'web01' };
export const START = 1_767_982_248;

export function sample(timestamp: number, fields: Sample['fields'] = { cpu_user: 1 }, run?: string): Sample {
  return { timestamp, ...(run !== undefined && { run }), fields };
}

/** Samples a second apart. */
export function samplesFrom(first: number, count: number, run?: string): Sample[] {
  return Array.from({ length: count }, (_, at) => sample(first + at, { cpu_user: at }, run));
}

export function header(run: string, started = START): Header {
  return {
    collection: 1,
    run,
    identifier: 'web01',
    started,
    interval: 10,
    host: { hostname: 'web01' },
    agent: 'pcc 1.0.0',
    labels: { rack: '7' },
  };
}

export function event(timestamp: number, text: string): EventMark {
  return { timestamp, event: text };
}

export function batch(ref: MachineRef, lines: Partial<Omit<Batch, keyof MachineRef>>): Batch {
  return { ...ref, headers: [], samples: [], events: [], ...lines };
}

export function key(id: string, more: Partial<StoredKey> = {}): StoredKey {
  const hash = new Uint8Array(32).fill(id.length);
  const unused = { expires: null, machines: null, last_used: null, previous: null };
  return { id, hash, tenant: 'acme', name: `key ${id}`, scopes: ['ingest'], created: START, ...unused, ...more };
}

/** A machine's lines as an export gives them, parsed. */
export async function exported(store: Store, ref: MachineRef, range: TimeRange = {}): Promise<unknown[]> {
  const text = (await Array.fromAsync(store.collection(ref, range))).join('');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

export async function timestamps(store: Store, ref: MachineRef, range: TimeRange = {}): Promise<number[]> {
  return (await exported(store, ref, range)).map((line) => (line as Sample).timestamp);
}
