import { expect, it } from 'vitest';
import { fieldMatcher } from './field-pattern.ts';

it('answers to names as they are, and to those with any text for each *', () => {
  const matches = fieldMatcher(['mem_free', 'cpu*_user', 'a.c']);
  const names = ['mem_free', 'cpu_user', 'cpu12_user', 'a.c', 'mem_freed', 'cpu_user_', 'xcpu_user', 'abc'];
  expect(names.filter(matches)).toEqual(['mem_free', 'cpu_user', 'cpu12_user', 'a.c']);
});

it('is done soon with a pattern that may be read in a great many ways', () => {
  const matches = fieldMatcher([`${'*a'.repeat(20)}*b`]);
  expect(matches('a'.repeat(2000))).toBe(false);
  expect(matches(`${'a'.repeat(2000)}b`)).toBe(true);
});
