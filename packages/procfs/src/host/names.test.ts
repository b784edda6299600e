import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byName } from './names.ts';

test('device names stand in the order of their numbers', () => {
  const names = ['nvme10n1', 'sda10', 'nvme2n1', 'sda', 'sda2', 'eth0', 'dm-11', 'dm-2', 'md127', 'sdaa', 'sdb'];
  expect(names.sort(byName)).toStrictEqual([
    ...['dm-2', 'dm-11', 'eth0', 'md127', 'nvme2n1', 'nvme10n1'],
    ...['sda', 'sda2', 'sda10', 'sdaa', 'sdb'],
  ]);
});

test('any names have one order, in which each stands but once', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '0', '1', '9', '-', 'é') });
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(Math.sign(byName(a, b)) + Math.sign(byName(b, a))).toBe(0);
      expect(byName(a, b) === 0).toBe(a === b);
      if (byName(a, b) < 0 && byName(b, c) < 0) expect(byName(a, c)).toBeLessThan(0);
    }),
    { numRuns: 5000 },
  );
});
