import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { text } from './option.ts';
import { type FindProfile, profileName } from './profile.ts';
import { type Origins, resolveOptions } from './resolve.ts';

const directory = mkdtempSync(join(tmpdir(), 'cli-profile-'));
afterAll(() => rmSync(directory, { recursive: true }));
const envFile = join(directory, 'variables');
writeFileSync(envFile, 'PLACE=file\n');

const PROFILES: Readonly<Record<string, Record<string, string>>> = {
  home: { PLACE: 'home', KEY: 'key of home' },
  work: { PLACE: 'work', KEY: 'key of work' },
};

/** `chosen` is the profile for where none is named. */
function resolve(origins: Partial<Origins>, chosen?: string) {
  const find: FindProfile = (name = chosen) => {
    if (name === undefined) return undefined;
    const variables = PROFILES[name];
    if (!variables) throw new UsageError(`there is no profile ${name}`);
    return { title: `the profile ${name}`, variables, anchor: 'PLACE' };
  };
  const options = {
    profile: profileName({ flag: '--profile <name>', env: 'PROFILE', about: '', find }),
    place: text({ flag: '--place <name>', env: 'PLACE', fallback: 'default', about: '' }),
    key: text({ flag: '--key <key>', env: 'KEY', about: '' }),
  };
  const { place, key } = resolveOptions(options, { flags: {}, env: {}, envFile: undefined, ...origins });
  return { place, key };
}

describe('a profile', () => {
  test('stands in for what nothing else sets', () => {
    expect(resolve({}, 'home')).toEqual({ place: 'home', key: 'key of home' });
    expect(resolve({})).toEqual({ place: 'default', key: undefined });
  });

  test.each<[string, Partial<Origins>]>([
    ['a variable', { env: { PROFILE: 'work' } }],
    ['a flag', { flags: { profile: 'work' } }],
    ['a flag, whatever the variable says', { flags: { profile: 'work' }, env: { PROFILE: 'home' } }],
  ])('that is named by %s is taken instead of the chosen one', (_, origins) => {
    expect(resolve(origins, 'home')).toEqual({ place: 'work', key: 'key of work' });
  });

  test('is stronger than variables where a flag names it, and weaker otherwise', () => {
    const env = { KEY: 'key of env' };
    expect(resolve({ env, flags: { profile: 'work' } }).key).toBe('key of work');
    expect(resolve({ env: { ...env, PROFILE: 'work' } }).key).toBe('key of env');
    expect(resolve({ env }, 'work').key).toBe('key of env');
  });

  test('is weaker than a flag', () => {
    expect(resolve({ flags: { profile: 'work', key: 'key of flag' } })).toEqual({ place: 'work', key: 'key of flag' });
  });

  test.each<[string, Partial<Origins>, string]>([
    ['a flag', { flags: { place: 'elsewhere' } }, 'elsewhere'],
    ['a flag, though another names the profile', { flags: { place: 'elsewhere', profile: 'work' } }, 'elsewhere'],
    ['the environment', { env: { PLACE: 'elsewhere' } }, 'elsewhere'],
    ['a file of variables', { envFile }, 'file'],
  ])('does not count where %s sets what it is about to something else: its key goes nowhere', (_, origins, place) => {
    expect(resolve(origins, 'work')).toEqual({ place, key: undefined });
  });

  test('counts where something else says the same of what it is about', () => {
    expect(resolve({ env: { PLACE: 'work' } }, 'work').key).toBe('key of work');
  });

  test('of an unknown name is an error', () => {
    expect(() => resolve({ flags: { profile: 'x' } })).toThrow('there is no profile x');
  });
});
