import { startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../store.ts';
import { storeContract } from '../test-contract/store-contract.ts';
import { openVisible } from './test-visible-store.ts';

let engine: VictoriaMetrics;
let opened = '';
beforeAll(async () => {
  engine = await startVictoriaMetrics();
});
afterAll(() => engine[Symbol.asyncDispose]());

storeContract('VictoriaMetrics', open, { knowsWhatItHolds: false });

/** All tests share one engine: a directory that was not seen before stands for an empty one. */
async function open(directory: string): Promise<Store> {
  if (directory !== opened) await engine.clear();
  opened = directory;
  return openVisible(engine);
}
