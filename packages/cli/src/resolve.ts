import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { systemError, UsageError } from './errors.ts';
import { longName, type Option, type OptionSet, type Values } from './option.ts';

/** Where values come from, the strongest first. */
export interface Origins {
  /** What was on the command line, by the flag's name without dashes. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file of variables that `--env-file` names. */
  readonly envFile: string | undefined;
}

/**
 * Finds each option's value: flag, then environment, then the file of variables, then systemd's credential, then the
 * fallback. An empty variable
 * counts as not set.
 * @throws UsageError which names the flag or the variable whose value is wrong
 */
export function resolveOptions<O extends OptionSet>(options: O, origins: Origins): Values<O> {
  const file = origins.envFile === undefined ? {} : readEnvFile(origins.envFile);
  const values = Object.entries(options).map(([key, option]) => [key, resolveOne(option, { ...origins, file })]);
  return Object.fromEntries(values) as Values<O>;
}

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    throw systemError(`read the variables in ${path}`, error);
  }
}

interface Found {
  readonly from: string;
  readonly text: string;
}

function resolveOne(option: Option<unknown>, origins: Origins & { file: Record<string, string | undefined> }): unknown {
  const found =
    fromFlag(option, origins.flags) ?? fromVariables(option, origins) ?? fromCredential(option, origins.env);
  const text = found?.text ?? option.fallback;
  if (text === undefined) return undefined;
  try {
    return option.parse(text);
  } catch (error) {
    throw new UsageError(`${found?.from ?? option.flag}: ${(error as Error).message}`);
  }
}

function fromFlag(option: Option<unknown>, flags: Origins['flags']): Found | undefined {
  const name = longName(option.flag);
  const value = flags[name];
  if (value === undefined) return undefined;
  if (option.isSecret) return { from: `--${name}`, text: readSecret(String(value)) };
  return { from: `--${name}`, text: String(value) };
}

function readSecret(path: string): string {
  try {
    const key = readFileSync(path, 'utf8').trim();
    if (key !== '') return key;
  } catch (error) {
    // A key where the file's name belongs is a mistake that must not be repeated aloud.
    throw systemError(`read the key in ${path.startsWith('pck_') ? 'a file of that name' : path}`, error);
  }
  throw new UsageError(`the key file ${path} is empty`);
}

function fromVariables(
  option: Option<unknown>,
  { env, file, envFile }: Origins & { file: Record<string, string | undefined> },
): Found | undefined {
  for (const name of option.env) if (env[name]) return { from: name, text: env[name] };
  for (const name of option.env) if (file[name]) return { from: `${name} in ${envFile}`, text: file[name] };
  return undefined;
}

/** systemd names the directory of a unit's credentials; a unit that was given none of this name has none. */
function fromCredential({ credential }: Option<unknown>, { CREDENTIALS_DIRECTORY }: Origins['env']): Found | undefined {
  if (credential === undefined || !CREDENTIALS_DIRECTORY) return undefined;
  const path = join(CREDENTIALS_DIRECTORY, credential);
  return existsSync(path) ? { from: `the credential ${credential}`, text: readSecret(path) } : undefined;
}
