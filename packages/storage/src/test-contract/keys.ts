import { expect } from 'vitest';
import { key, START, type Test } from './fixtures.ts';

/** Managed keys. */
export function keys(test: Test): void {
  test('keys come back as they were put, oldest first', async (store) => {
    const newer = key('bb', { created: START + 1, expires: START + 99, scopes: ['read', 'admin'], tenant: 'other' });
    const older = key('aaaa', { name: 'Zoë "the" agent; DROP TABLE key' });
    await store.putKey(newer);
    await store.putKey(older);
    expect(await store.keys()).toEqual([older, newer]);
  });

  test('putting a key of the same id replaces it', async (store) => {
    await store.putKey(key('aa'));
    const rotated = key('aa', { hash: new Uint8Array(32).fill(7), name: 'rotated' });
    await store.putKey(rotated);
    expect(await store.keys()).toEqual([rotated]);
  });

  test('a deleted key is gone, the others stay', async (store) => {
    await store.putKey(key('aa'));
    await store.putKey(key('bb'));
    await store.deleteKey('aa');
    await store.deleteKey('no such key');
    expect((await store.keys()).map(({ id }) => id)).toEqual(['bb']);
  });
}
