import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldMatcher } from './field-pattern.ts';

it.each([
  ['cpu_user', 'cpu_user', true],
  ['cpu_user', 'cpu_userx', false],
  ['cpu_*', 'cpu_', true],
  ['cpu_*', 'xcpu_a', false],
  ['*_user', 'cpu0_user', true],
  ['cpu*_user', 'cpu_user', true],
  ['ab*ba', 'aba', false],
  ['*', '', true],
  ['a.c*', 'abc', false],
  ['*a*a*', 'xaxax', true],
  ['*a**b', 'b', false],
  ['*\n*', 'a\nb', true],
])('%j asks for %j: %s', (pattern, field, answers) => {
  expect(fieldMatcher([pattern])(field)).toBe(answers);
});

it('any of several names will do', () => {
  const matches = fieldMatcher(['mem_free', 'cpu*_user']);
  expect(['mem_free', 'cpu3_user', 'mem_total'].map(matches)).toEqual([true, true, false]);
});

it('of any names and patterns it says what a regular expression says', () => {
  const word = fc.stringMatching(/^[ab*]{0,6}$/);
  fc.assert(
    fc.property(word, fc.stringMatching(/^[ab]{0,8}$/), (pattern, field) => {
      expect(fieldMatcher([pattern])(field)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(field));
    }),
    { numRuns: 1000 },
  );
});

it('a pattern of very many stars over a long name ends', () => {
  expect(fieldMatcher([`${'*a'.repeat(60)}*b`])('a'.repeat(5000))).toBe(false);
});
