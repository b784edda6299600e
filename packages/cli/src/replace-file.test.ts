import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'replace-file-'));
  path = join(directory, 'x');
});
afterEach(() => rmSync(directory, { recursive: true }));

function replace(content: string, mode?: number): void {
  const file = replaceFile(path, mode);
  writeFileSync(file.temporary, content);
  file.commit();
  file.discard();
}

test('a new file appears whole, with its mode, and nothing stands beside it', () => {
  replace('new', 0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['x']);
});

test('a file that is given up leaves what was there before', () => {
  writeFileSync(path, 'old');
  const file = replaceFile(path);
  writeFileSync(file.temporary, 'half');
  expect(readFileSync(path, 'utf8')).toBe('old');
  file.discard();
  expect(readdirSync(directory)).toEqual(['x']);
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('a file that others may read is replaced by one that they may not', () => {
  writeFileSync(path, 'old');
  chmodSync(path, 0o666);
  replace('secret', 0o600);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a link is followed and stays', () => {
  const target = join(directory, 'target');
  writeFileSync(target, 'old');
  symlinkSync(target, path);
  replace('new');
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, 'utf8')).toBe('new');
});

test('a pipe and a device stay what they are', () => {
  execFileSync('mkfifo', [path]);
  expect(replaceFile(path).temporary).toBe(path);
  const device = replaceFile('/dev/null');
  writeFileSync(device.temporary, 'x');
  device.commit();
  device.discard();
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('a directory is refused before anything is begun', () => {
  mkdirSync(path);
  expect(() => replaceFile(path)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(readdirSync(directory)).toEqual(['x']);
});
