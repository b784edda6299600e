import { describe, expect, it } from 'vitest';
import * as contract from './contract.ts';

function accepts(schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean {
  return schema.safeParse(value).success;
}

describe('names', () => {
  it('an identifier is what can stand in paths and file names', () => {
    for (const good of ['web01', 'a', '00:1a@x+y', 'f'.repeat(128), '9c0b.example_org-1']) {
      expect([good, accepts(contract.identifier, good)]).toEqual([good, true]);
    }
    for (const bad of ['', ' ', 'a b', 'a/b', '../a', '.a', '-a', 'a\n', 'ü', 'a\u0000', 'f'.repeat(129), 7, null]) {
      expect([bad, accepts(contract.identifier, bad)]).toEqual([bad, false]);
    }
  });

  it('a tenant of a key is a short word', () => {
    const request = (tenant: unknown) => ({ name: 'n', scopes: ['read'], tenant });
    for (const good of ['acme', 'A.b_c-9', undefined]) expect(accepts(contract.keyRequest, request(good))).toBe(true);
    for (const bad of ['', '.a', 'a b', 'a/b', 'x'.repeat(65), null]) {
      expect([bad, accepts(contract.keyRequest, request(bad))]).toEqual([bad, false]);
    }
  });

  it('a key has a name and at least one known scope', () => {
    expect(accepts(contract.keyRequest, { name: 'n', scopes: ['ingest', 'read', 'admin'] })).toBe(true);
    for (const bad of [
      {},
      { name: '', scopes: ['read'] },
      { name: 'x'.repeat(129), scopes: ['read'] },
      { name: 'n', scopes: [] },
      { name: 'n', scopes: ['root'] },
      { name: 'n', scopes: 'read' },
      { name: 'n', scopes: ['read'], expires: -1 },
    ]) {
      expect([bad, accepts(contract.keyRequest, bad)]).toEqual([bad, false]);
    }
  });
});
