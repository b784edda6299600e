import { describe, expect, it } from 'vitest';
import { isForMachine } from './machine-pattern.ts';

describe('a pattern of machines', () => {
  const table: readonly [pattern: string | null, fits: readonly string[], others: readonly string[]][] = [
    [null, ['web01', 'x'], []],
    ['web01', ['web01'], ['web011', 'xweb01', 'WEB01', 'web0']],
    ['*', ['web01', 'a'], []],
    ['web*', ['web', 'web01', 'web-eu-1'], ['we', 'xweb01', 'Web01']],
    ['*.example', ['a.example', '.example'], ['a.example.org', 'example', 'a-example']],
    ['web*eu*1', ['web-eu-01', 'webeu1', 'web-eu-eu-11'], ['web-eu-2', 'web-1', 'eu1']],
    ['ab*ba', ['abba', 'ab-ba'], ['aba']],
    ['a**b', ['ab', 'axb'], ['a', 'b']],
    ['a.c', ['a.c'], ['abc']],
  ];
  for (const [machines, fits, others] of table) {
    it(`${machines ?? 'that is not there'} fits ${fits.join(', ')}${others.length > 0 ? ` and not ${others.join(', ')}` : ''}`, () => {
      for (const machine of fits) expect([machine, isForMachine({ machines }, machine)]).toEqual([machine, true]);
      for (const machine of others) expect([machine, isForMachine({ machines }, machine)]).toEqual([machine, false]);
    });
  }

  it('of many parts is judged without trying every way to lay them out', () => {
    expect(isForMachine({ machines: `${'a*'.repeat(60)}b` }, 'a'.repeat(128))).toBe(false);
  });
});
