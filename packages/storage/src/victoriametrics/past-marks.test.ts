import { hasVictoriaMetrics, startVictoriaMetrics } from '@perfcollector/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { batch, START, sample, WEB } from '../test-contract/fixtures.ts';
import { openVisible } from './test-visible-store.ts';

afterEach(() => vi.useRealTimers());

it.skipIf(!hasVictoriaMetrics)(
  "another pcd's samples are counted: recent ones and those of a machine alone at once, old ones ten minutes later",
  async () => {
    await using engine = await startVictoriaMetrics();
    const [store, other] = [openVisible(engine), openVisible(engine)];
    const append = (to: typeof store, timestamp: number) => to.append(batch(WEB, { samples: [sample(timestamp)] }));
    const counted = async () => (await store.machines('acme')).map(({ samples }) => samples);
    vi.useFakeTimers({ toFake: ['Date'] });
    await append(other, START);
    expect(await counted()).toEqual([1]);
    await append(other, START + 1);
    expect(await counted()).toEqual([1]);
    expect(await store.machine(WEB)).toMatchObject({ samples: 2 });
    await append(other, Math.floor(Date.now() / 1000));
    expect(await counted()).toEqual([2]);
    expect(await store.machines('acme')).toMatchObject([{ first: START, last: Math.floor(Date.now() / 1000) }]);
    vi.setSystemTime(Date.now() + 11 * 60_000);
    expect(await counted()).toEqual([3]);
    await append(store, START + 2);
    expect(await counted()).toEqual([4]);
    expect(await store.stats()).toMatchObject({ machines: 1, samples: 4 });
    await Promise.all([store.close(), other.close()]);
  },
);
