import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { systemError, UsageError } from './errors.ts';
import { longName, type Option, type OptionSet, type Values } from './option.ts';
import type { Variables } from './profile.ts';

/** Where values come from, the strongest first. */
export interface Origins {
  /** What was on the command line, by the flag's name without dashes. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Variables;
  /** The file of variables that `--env-file` names. */
  readonly envFile: string | undefined;
}

/** Variables, and what they are in, as a message says it; the environment needs no saying. */
interface Layer {
  readonly title: string | undefined;
  readonly variables: Variables;
}

/**
 * Finds each option's value: flag, then environment, then the file of variables, then the user's profile, then systemd's
 * credential, then the fallback. A profile that a flag names comes right after the flags. An empty variable counts as not
 * set.
 * @throws UsageError which names the flag or the variable whose value is wrong
 */
export function resolveOptions<O extends OptionSet>(options: O, origins: Origins): Values<O> {
  const settings = { ...origins, layers: layersOf(options, origins) };
  const values = Object.entries(options).map(([key, option]) => [key, resolveOne(option, settings)]);
  return Object.fromEntries(values) as Values<O>;
}

type Settings = Origins & { readonly layers: readonly Layer[] };

/** The strongest first. */
function layersOf(options: OptionSet, origins: Origins): readonly Layer[] {
  const { flags, env, envFile } = origins;
  const layers: Layer[] = [{ title: undefined, variables: env }];
  if (envFile !== undefined) layers.push({ title: envFile, variables: readEnvFile(envFile) });
  const chooser = Object.values(options).find(({ findProfile }) => findProfile);
  if (!chooser?.findProfile) return layers;
  const profile = chooser.findProfile(find(chooser, { ...origins, layers })?.text, env);
  if (!profile) return layers;
  const all = flags[longName(chooser.flag)] === undefined ? [...layers, profile] : [profile, ...layers];
  const anchor = Object.values(options).find((option) => option.env.includes(profile.anchor));
  const isItsOwn = !anchor || find(anchor, { ...origins, layers: all })?.text === profile.variables[profile.anchor];
  return isItsOwn ? all : layers;
}

function readEnvFile(path: string): Variables {
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

function resolveOne(option: Option<unknown>, settings: Settings): unknown {
  const found = find(option, settings);
  const text = found?.text ?? option.fallback;
  if (text === undefined) return undefined;
  try {
    return option.parse(text);
  } catch (error) {
    throw new UsageError(`${found?.from ?? option.flag}: ${(error as Error).message}`);
  }
}

function find(option: Option<unknown>, { flags, layers, env }: Settings): Found | undefined {
  return fromFlag(option, flags) ?? fromVariables(option, layers) ?? fromCredential(option, env);
}

function fromFlag(option: Option<unknown>, flags: Origins['flags']): Found | undefined {
  const name = longName(option.flag);
  const value = flags[name];
  if (value === undefined) return undefined;
  if (option.isSecret) return { from: `--${name}`, text: readSecret(String(value)) };
  return { from: `--${name}`, text: String(value) };
}

/** What stands for standard input in place of a file's name. */
const STDIN = '-';

function readSecret(path: string): string {
  try {
    const key = readFileSync(path === STDIN ? 0 : path, 'utf8').trim();
    if (key !== '') return key;
  } catch (error) {
    // A key where the file's name belongs is a mistake that must not be repeated aloud.
    throw systemError(`read the key in ${path.startsWith('pck_') ? 'a file of that name' : path}`, error);
  }
  throw new UsageError(`the key file ${path} is empty`);
}

function readCredential(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw systemError(`read the credential ${path}`, error);
  }
}

function fromVariables({ env: names }: Option<unknown>, layers: readonly Layer[]): Found | undefined {
  for (const { title, variables } of layers) {
    for (const name of names) {
      const text = variables[name];
      if (text) return { from: title === undefined ? name : `${name} in ${title}`, text };
    }
  }
  return undefined;
}

/**
 * systemd names the directory of a unit's credentials; a unit that was given none of this name has none. Nor has one whose
 * credential is empty: a unit that may have none needs one to stand in for it (SetCredential=), for to systemd a file that
 * is not there is an error.
 */
function fromCredential({ credential }: Option<unknown>, { CREDENTIALS_DIRECTORY }: Origins['env']): Found | undefined {
  if (credential === undefined || !CREDENTIALS_DIRECTORY) return undefined;
  const path = join(CREDENTIALS_DIRECTORY, credential);
  const text = existsSync(path) ? readCredential(path) : '';
  return text === '' ? undefined : { from: `the credential ${credential}`, text };
}
