import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitForLabels } from './layout.ts';

it('any text comes apart into labels that together are the text', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 3000 });
  fc.assert(
    fc.property(text, (text) => {
      const parts = splitForLabels(text);
      expect(parts.join('')).toBe(text);
      expect(parts.every((part) => part !== '' && Buffer.byteLength(part) <= 1000)).toBe(true);
    }),
  );
  expect(splitForLabels('é'.repeat(1001))).toHaveLength(3);
});
