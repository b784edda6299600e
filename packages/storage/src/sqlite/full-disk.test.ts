import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '@perfcollector/collection';
import { canMount, smallDisk } from '@perfcollector/testing';
import { describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { batch, exported, START, sample, WEB } from '../test-contract/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** A small disk, most of which is taken by a file of ballast. */
interface SmallDisk {
  readonly path: string;
  readonly ballast: string;
}

async function onSmallDisk(ballastBytes: number, test: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const disk = smallDisk('size=2m');
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(ballastBytes, 1));
  await test({ path: join(disk, 'store.sqlite'), ballast });
}

function large(at: number): Sample {
  return sample(START + at, { at, filler: 'x'.repeat(4000) });
}

/** Appends until the store refuses; gives what it took, and how it refused. */
async function fill(store: Store): Promise<{ taken: Sample[]; refusal: unknown }> {
  const taken: Sample[] = [];
  for (let at = 0; at < 1000; at += 1) {
    try {
      await store.append(batch(WEB, { samples: [large(at)] }));
      taken.push(large(at));
    } catch (refusal) {
      return { taken, refusal };
    }
  }
  throw new Error('the small disk was never full');
}

describe.skipIf(!canMount)('the embedded store on a full disk', () => {
  it('refuses what does not fit, keeps what it had, and goes on when there is room again', async () => {
    await onSmallDisk(1_200_000, async ({ path, ballast }) => {
      const store = await openSqliteStore(path);
      const { taken, refusal } = await fill(store);
      expect(refusal).toMatchObject({ name: 'StoreError', code: 'FULL' });
      expect(taken.length).toBeGreaterThan(10);
      expect(await exported(store, WEB)).toEqual(taken);
      expect(await store.machine(WEB)).toMatchObject({ samples: taken.length });
      rmSync(ballast);
      const late = large(5000);
      expect(await store.append(batch(WEB, { samples: [late] }))).toEqual({ stored: 1, duplicates: 0 });
      await store.close();
      const again = await openSqliteStore(path);
      expect(await exported(again, WEB)).toEqual([...taken, late]);
      await again.close();
    });
  });

  it('appends that are refused together leave nothing, each', async () => {
    await onSmallDisk(1_200_000, async ({ path, ballast }) => {
      const store = await openSqliteStore(path);
      const { taken } = await fill(store);
      const late = Array.from({ length: 40 }, (_, at) => large(2000 + at));
      const results = await Promise.allSettled(late.map((one) => store.append(batch(WEB, { samples: [one] }))));
      const kept = late.filter((_, at) => results[at]?.status === 'fulfilled');
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'FULL' });
      expect(kept.length).toBeLessThan(late.length);
      rmSync(ballast);
      expect(await exported(store, WEB)).toEqual([...taken, ...kept]);
      await store.close();
    });
  });

  it('cannot seal, loses nothing by it, and seals when there is room again', async () => {
    await onSmallDisk(1_200_000, async ({ path, ballast }) => {
      const store = await openSqliteStore(path);
      const { taken } = await fill(store);
      await expect(store.maintenance.seal()).rejects.toMatchObject({ code: 'FULL' });
      expect(await exported(store, WEB)).toEqual(taken);
      rmSync(ballast);
      expect(await store.maintenance.seal()).toEqual({ samples: taken.length });
      expect(await exported(store, WEB)).toEqual(taken);
      expect((await store.maintenance.verify()).problems).toEqual([]);
      await store.close();
    });
  });

  it('closed and opened again while the disk is full it still gives what it took', async () => {
    await onSmallDisk(1_200_000, async ({ path }) => {
      const store = await openSqliteStore(path);
      const { taken } = await fill(store);
      await store.close();
      const again = await openSqliteStore(path);
      expect(await exported(again, WEB)).toEqual(taken);
      await expect(again.append(batch(WEB, { samples: [large(5000)] }))).rejects.toMatchObject({ code: 'FULL' });
      await again.close();
    });
  });

  it('cannot be made where there is no room, and can when there is', async () => {
    await onSmallDisk(2 * 1024 * 1024, async ({ path, ballast }) => {
      await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'FULL' });
      rmSync(ballast);
      const store = await openSqliteStore(path);
      expect(await store.append(batch(WEB, { samples: [large(0)] }))).toEqual({ stored: 1, duplicates: 0 });
      await store.close();
    });
  });
});
