import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../store.ts';
import { key, START } from '../test-contract/fixtures.ts';
import { type EmbeddedStore, openSqliteStore } from './sqlite-store.ts';

describe('the keys in the embedded store', () => {
  let directory: string;
  let store: EmbeddedStore;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'keys-'));
    store = await openSqliteStore(join(directory, 'store.sqlite'));
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('keys come back as they were put, oldest first', async () => {
    const newer = key('bb', { created: START + 1, expires: START + 99, scopes: ['read', 'admin'], tenant: 'other' });
    const older = key('aaaa', { name: 'Zoë "the" agent; DROP TABLE key' });
    await store.putKey(newer);
    await store.putKey(older);
    expect(await store.keys()).toEqual([older, newer]);
  });

  it('putting a key of the same id replaces it', async () => {
    await store.putKey(key('aa'));
    const rotated = key('aa', { hash: new Uint8Array(32).fill(7), name: 'rotated' });
    await store.putKey(rotated);
    expect(await store.keys()).toEqual([rotated]);
  });

  it('a deleted key is gone, the others stay', async () => {
    await store.putKey(key('aa'));
    await store.putKey(key('bb'));
    await store.deleteKey('aa');
    await store.deleteKey('no such key');
    expect((await store.keys()).map(({ id }) => id)).toEqual(['bb']);
  });

  it('a pattern of machines, the last use and a secret that is still valid come back', async () => {
    const previous = { hash: new Uint8Array(32).fill(3), until: START + 60 };
    await store.putKey(key('aa', { machines: 'web*', previous }));
    await store.putKey(key('bb'));
    await store.noteKeyUse({ aa: START + 5, unknown: START });
    expect(await store.keys()).toEqual([key('aa', { machines: 'web*', previous, last_used: START + 5 }), key('bb')]);
  });

  it('the audit log is given newest first, of one tenant or all, and cannot be changed', async () => {
    const entry = (time: number, tenant: string): AuditEntry => {
      const who = { tenant, key: 'aa', address: '127.0.0.1' };
      return { time, ...who, action: 'keys.create', target: `key at ${time}`, detail: { scopes: 'read', n: 1 } };
    };
    const entries = [entry(START, 'acme'), entry(START + 1, 'other'), entry(START + 2, 'acme')];
    for (const one of entries) await store.addAudit(one);
    expect(await store.audit({ limit: 10 })).toEqual(entries.toReversed());
    expect(await store.audit({ limit: 1, tenant: 'acme' })).toEqual([entries[2]]);
    expect(await store.audit({ limit: 9, from: START + 1, to: START + 1 })).toEqual([entries[1]]);
    await store.close();
    const db = new DatabaseSync(join(directory, 'store.sqlite'));
    expect(() => db.exec('DELETE FROM audit')).toThrow(/append-only/);
    expect(() => db.exec("UPDATE audit SET action = ''")).toThrow(/append-only/);
    db.close();
  });
});
