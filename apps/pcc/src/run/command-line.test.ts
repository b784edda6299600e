import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

test.each([
  [['make', '-j4'], 'make -j4'],
  [['sh', '-c', 'echo "hi there"'], `sh -c 'echo "hi there"'`],
  [['echo', "it's", ''], `echo 'it'\\''s' ''`],
])('%j is %s', (words, line) => {
  expect(commandLine(words)).toBe(line);
});

test('a shell makes the same words of it again', () => {
  const word = fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0'));
  const property = fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
    const said = execFileSync('sh', ['-c', `printf '%s\\0' ${commandLine(words)}`], { encoding: 'utf8' });
    expect(said.split('\0').slice(0, -1)).toEqual(words);
  });
  fc.assert(property, { numRuns: 30 });
});

test('a very long one is cut', () => {
  expect(commandLine(['echo', 'a'.repeat(10_000)])).toMatch(/^echo a+…$/);
  expect(commandLine(['echo', 'a'.repeat(10_000)])).toHaveLength(4096);
});
