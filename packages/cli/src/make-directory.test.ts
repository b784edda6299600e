import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'make-directory-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('makes those above it too, and says whether it was there', () => {
  const path = join(directory, 'a/b/c');
  expect(makeDirectory(path, 0o700)).toBe(true);
  expect(makeDirectory(path)).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('refuses a place where something else has the name', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => makeDirectory(join(directory, 'file'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(() => makeDirectory(join(directory, 'file/below'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

test('ends where nothing can be made', () => {
  expect(() => makeDirectory('/proc/nothing/below')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
