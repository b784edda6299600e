import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../store.ts';
import { storeContract } from '../test-contract/store-contract.ts';
import { openVisible } from './test-visible-store.ts';

for (const flags of [[], ['-dedup.minScrapeInterval=1ms']]) {
  describe.skipIf(!hasVictoriaMetrics)(`VictoriaMetrics ${flags.join(' ')}`, () => {
    let engine: VictoriaMetrics;
    let opened = '';
    beforeAll(async () => {
      engine = await startVictoriaMetrics(flags);
    });
    afterAll(() => engine[Symbol.asyncDispose]());

    /** All tests share one engine: a directory that was not seen before stands for an empty one. */
    const open = async (directory: string): Promise<Store> => {
      if (directory !== opened) await engine.clear();
      opened = directory;
      return openVisible(engine);
    };
    storeContract('VictoriaMetrics', open, { knowsWhatItHolds: false });
  });
}
