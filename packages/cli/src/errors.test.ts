import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf, EXIT, exitCodeOf, explain, systemError, UsageError, UserError } from './errors.ts';

test('a user error is explained by its sentence and, below it, what to do', () => {
  const error = new UserError('NO_ROOM', 'cannot write x', { hint: 'Make room.' });
  expect(explain(error)).toBe('cannot write x\n  Make room.');
});

test('a user error without a hint is explained by its sentence alone', () => {
  expect(explain(new UserError('ODD', 'something is odd'))).toBe('something is odd');
});

test("another package's error that carries a hint is for people too", () => {
  const error = Object.assign(new Error('the server refused'), { hint: 'Check the key.' });
  expect(explain(error)).toBe('the server refused\n  Check the key.');
});

test('a bug is said to be unexpected, and where it happened is shown', () => {
  const text = explain(new TypeError('x is not a function'));
  expect(text).toMatch(/^unexpected error: TypeError: x is not a function\n/);
  expect(text).toContain('errors.test.ts');
});

test.each([['just text'], [undefined], [null], [{ hint: 'no error at all' }]])(
  'anything else that was thrown (%j) is unexpected',
  (thrown) => {
    expect(explain(thrown)).toBe(`unexpected error: ${String(thrown)}`);
  },
);

test('only a usage error means exit code 2', () => {
  expect(exitCodeOf(new UsageError('wrong'))).toBe(EXIT.usage);
  expect(exitCodeOf(new UserError('X', 'not done'))).toBe(EXIT.failed);
  expect(exitCodeOf(new Error('bug'))).toBe(EXIT.failed);
  expect([EXIT.ok, EXIT.failed, EXIT.usage]).toEqual([0, 1, 2]);
});

const sentences: readonly [string, string][] = [
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['ENOENT', 'no such file or directory'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many open files'],
  ['EADDRINUSE', 'the address is in use'],
  ['EADDRNOTAVAIL', 'this machine does not have that address'],
];

test.each(sentences)('%s is told in words, with something to do', (code, words) => {
  const error = systemError('write /x/y', Object.assign(new Error(`${code}: raw text`), { code }));
  expect(error.message).toBe(`cannot write /x/y: ${words}`);
  expect(error.code).toBe(code);
  expect(error.hint).toMatch(/^[A-Z].*\.$/);
});

test('a real error of the file system is told in words and passed on as the cause', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const error = systemErrorOf(directory, () => readFileSync(directory));
  expect(error.message).toBe(`cannot read ${directory}: it is a directory`);
  expect(codeOf(error.cause)).toBe('EISDIR');
});

function systemErrorOf(path: string, work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    return systemError(`read ${path}`, error);
  }
  throw new Error('it did not fail');
}

test('a code that has no words of its own keeps the words of the system', () => {
  const error = systemError('read /x', Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
  expect(error.message).toBe('cannot read /x: EIO: i/o error, read');
  expect(error.code).toBe('EIO');
});

test('what was thrown without a code is still told', () => {
  expect(systemError('read /x', 'out of luck').message).toBe('cannot read /x: out of luck');
  expect(systemError('read /x', new Error('odd')).code).toBe('FAILED');
});

test.each([[undefined], [null], ['ENOENT'], [{}], [{ code: 5 }]])('%j has no code', (value) => {
  expect(codeOf(value)).toBeUndefined();
});
