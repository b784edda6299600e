import { describe, expect, it } from 'vitest';
import { formatKey, hashSecret, isSameHash, newKeyParts, parseKey } from './key-format.ts';

describe('a managed key', () => {
  it('comes apart into what it was made of', () => {
    for (let times = 0; times < 100; times += 1) {
      const parts = newKeyParts();
      expect(parseKey(formatKey(parts))).toEqual(parts);
    }
  });

  it('is never made twice', () => {
    const made = Array.from({ length: 1000 }, () => newKeyParts());
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(1000);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1000);
  });

  it('keeps its id when it gets a new secret', () => {
    expect(newKeyParts('0123456789ab').id).toBe('0123456789ab');
  });

  const key = formatKey(newKeyParts());
  for (const [name, text] of [
    ['empty', ''],
    ['cut off', key.slice(0, -1)],
    ['longer', `${key}x`],
    ['with a line feed', `${key}\n`],
    ['with something before it', ` ${key}`],
    ['in capitals', key.toUpperCase()],
    ['another kind of key', 'ghp_0123456789ab_secret'],
  ] as const) {
    it(`that is ${name} is none`, () => {
      expect(parseKey(text)).toBeUndefined();
    });
  }
});

describe('hashes', () => {
  it('are the same for the same secret alone', () => {
    expect(isSameHash(hashSecret('a'), hashSecret('a'))).toBe(true);
    expect(isSameHash(hashSecret('a'), hashSecret('b'))).toBe(false);
    expect(isSameHash(hashSecret('a'), hashSecret('a').subarray(1))).toBe(false);
  });

  it('do not hold the secret', () => {
    expect(Buffer.from(hashSecret('a-secret')).includes('a-secret')).toBe(false);
    expect(hashSecret('a-secret')).toHaveLength(32);
  });
});
