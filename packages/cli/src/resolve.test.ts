import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageError, UserError } from './errors.ts';
import { duration, type OptionSet, secret, text, toggle } from './option.ts';
import { type Origins, resolveOptions } from './resolve.ts';

const directory = mkdtempSync(join(tmpdir(), 'cli-resolve-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const options = {
  name: text({ flag: '--name <name>', env: ['NAME', 'OLD_NAME'], fallback: 'default', about: 'Name.' }),
  wait: duration({ flag: '--wait <duration>', env: 'WAIT', about: 'Wait.' }),
  isLoud: toggle({ flag: '--loud', env: 'LOUD', about: 'Loud.' }),
  key: secret({ flag: '--key-file <path>', env: 'KEY', about: 'Key.' }),
};

function resolve(origins: Partial<Origins>) {
  return resolveOptions(options, { flags: {}, env: {}, envFile: undefined, ...origins });
}

function errorOf(origins: Partial<Origins>, declared: OptionSet = options): UserError {
  try {
    resolveOptions(declared, { flags: {}, env: {}, envFile: undefined, ...origins });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

/** Every set of origins, and the strongest one in it. */
const precedence = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
  const [flag, env, file] = [(bits & 4) > 0, (bits & 2) > 0, (bits & 1) > 0];
  const strongest = flag ? 'flag' : env ? 'env' : file ? 'file' : 'default';
  return { flag, env, file, strongest };
});

test.each(precedence)('flag $flag, env $env, file $file: $strongest counts', ({ flag, env, file, strongest }) => {
  const { name } = resolve({
    flags: flag ? { name: 'flag' } : {},
    env: env ? { NAME: 'env' } : {},
    envFile: file ? fileWith('name.env', 'NAME=file\n') : undefined,
  });
  expect(name).toBe(strongest);
});

test('the documented variable is stronger than its other names', () => {
  expect(resolve({ env: { OLD_NAME: 'old', NAME: 'new' } }).name).toBe('new');
  expect(resolve({ env: { OLD_NAME: 'old' } }).name).toBe('old');
});

test('any name in the environment is stronger than the documented one in the file', () => {
  expect(resolve({ env: { OLD_NAME: 'old' }, envFile: fileWith('n.env', 'NAME=file\n') }).name).toBe('old');
});

test('an empty variable counts as not set', () => {
  expect(resolve({ env: { NAME: '' } }).name).toBe('default');
  expect(resolve({ env: { NAME: '', OLD_NAME: 'old' } }).name).toBe('old');
  expect(resolve({ env: { NAME: '' }, envFile: fileWith('name.env', 'NAME=file\n') }).name).toBe('file');
  expect(resolve({ envFile: fileWith('empty.env', 'NAME=\n') }).name).toBe('default');
  expect(resolve({ env: { KEY: '' } }).key).toBeUndefined();
});

test('what nobody sets is its fallback, or undefined', () => {
  expect(resolve({})).toEqual({ name: 'default', wait: undefined, isLoud: false, key: undefined });
});

test('a file of variables has comments, quotes and blank lines', () => {
  const envFile = fileWith('full.env', '# a comment\n\nNAME="two words"\nexport WAIT=5s\nLOUD=1 # yes\nOTHER=x\n');
  expect(resolve({ envFile })).toMatchObject({ name: 'two words', wait: 5000, isLoud: true });
});

test('a file of variables that is missing is told by its path', () => {
  const path = join(directory, 'nowhere.env');
  expect(errorOf({ envFile: path }).message).toBe(`cannot read the variables in ${path}: no such file or directory`);
});

test('a directory in place of a file of variables is told', () => {
  expect(errorOf({ envFile: directory }).message).toBe(`cannot read the variables in ${directory}: it is a directory`);
});

test('a wrong value is told by the flag, the variable, or the variable and its file', () => {
  const envFile = fileWith('wrong.env', 'WAIT=banana\n');
  const beginnings = [
    [{ flags: { wait: 'banana' } }, '--wait: '],
    [{ env: { WAIT: 'banana' } }, 'WAIT: '],
    [{ envFile }, `WAIT in ${envFile}: `],
  ] as const;
  for (const [origins, beginning] of beginnings) {
    const error = errorOf(origins);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/"banana" is no duration; expected/);
    expect(error.message.startsWith(beginning)).toBe(true);
  }
});

test('a wrong value that a stronger origin overrules does no harm', () => {
  expect(resolve({ flags: { wait: '1s' }, env: { WAIT: 'banana' } }).wait).toBe(1000);
});

test("a secret's variable holds it, its flag names a file that does", () => {
  expect(resolve({ env: { KEY: 'from-env' } }).key).toBe('from-env');
  const path = fileWith('key', 'from-file\n');
  expect(resolve({ flags: { 'key-file': path }, env: { KEY: 'from-env' } }).key).toBe('from-file');
  expect(resolve({ envFile: fileWith('key.env', 'KEY=from-variables\n') }).key).toBe('from-variables');
});

test("a secret's file that cannot be read is told by its path, and the variable does not step in", () => {
  const path = join(directory, 'no-such-key');
  const { message, code } = errorOf({ flags: { 'key-file': path }, env: { KEY: 'sesame-sesame' } });
  expect(message).toBe(`cannot read the key in ${path}: no such file or directory`);
  expect(message).not.toContain('sesame');
  expect(code).toBe('ENOENT');
});

test("systemd's credential is the weakest origin of a secret, and only where the option names it", () => {
  const declared = {
    key: secret({ flag: '--key-file <path>', env: 'KEY', about: 'Key.', credential: 'the-key' }),
    other: secret({ flag: '--other-file <path>', about: 'Other.' }),
  };
  fileWith('the-key', 'from systemd\n');
  const env = { CREDENTIALS_DIRECTORY: directory };
  const keyOf = (origins: Partial<Origins>) =>
    resolveOptions(declared, { flags: {}, env, envFile: undefined, ...origins });
  expect(keyOf({})).toEqual({ key: 'from systemd', other: undefined });
  expect(keyOf({ env: { ...env, KEY: 'variable' } }).key).toBe('variable');
  expect(keyOf({ envFile: fileWith('key.env', 'KEY=file\n') }).key).toBe('file');
  expect(keyOf({ flags: { 'key-file': fileWith('key', 'flag\n') } }).key).toBe('flag');
  expect(keyOf({ env: {} }).key).toBeUndefined();
  expect(keyOf({ env: { CREDENTIALS_DIRECTORY: join(directory, 'none') } }).key).toBeUndefined();
  fileWith('the-key', '\n'); // what stands in for one where there is none
  expect(keyOf({}).key).toBeUndefined();
});
