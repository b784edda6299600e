import { describe, expect, test } from 'vitest';
import { identifierProblem } from './identifier.ts';

describe('identifierProblem', () => {
  test.each(['web01', '0a', 'db-1.example.org', 'a:b@c+d_e', 'x'.repeat(128)])('finds none in %j', (identifier) => {
    expect(identifierProblem(identifier)).toBeUndefined();
  });

  test.each(['', '.', '..', '-x', 'a/b', '../etc', 'a b', 'a\nb', 'a\0', 'é', 'web01\n'])(
    'refuses %j',
    (identifier) => {
      expect(identifierProblem(identifier)).toContain(JSON.stringify(identifier));
    },
  );

  test('refuses one that is too long without repeating it', () => {
    expect(identifierProblem('x'.repeat(129))).toBe('the identifier is 129 characters long; expected at most 128');
  });
});
