import { DURATION_EXAMPLES, parseDuration } from './duration.ts';
import type { FindProfile, Variables } from './profile.ts';
import { parseSize, SIZE_EXAMPLES } from './size.ts';

/**
 * One option, declared once: the flag, the variable, the help text, the README's table and the value's type all come
 * from here.
 */
export interface Option<T> {
  /** As people read it in the help: `--frequency <duration>`; a switch has no value. */
  readonly flag: string;
  /** Variables that set it; the first is the documented one. */
  readonly env: readonly string[];
  /** What it is when nobody says anything, as the user would type it. */
  readonly fallback: string | undefined;
  readonly about: string;
  /** The value is a secret: the flag names a file that holds it, for a value on the command line shows in `ps`. */
  readonly isSecret: boolean;
  /** The name of the systemd credential that holds the secret where neither flag nor variable gives it. */
  readonly credential: string | undefined;
  /** The flag may stand several times; its values come joined by commas. */
  readonly isList: boolean;
  /** There is a `--no-` flag too. */
  readonly isNegatable?: true;
  /** The words that it takes, where they are few. */
  readonly choices?: readonly string[] | undefined;
  /** What may stand there as things are, for completion in a shell. */
  readonly suggest?: ((env: Variables) => readonly string[]) | undefined;
  /** The value names a profile, whose variables count where nothing stronger sets an option. */
  readonly findProfile?: FindProfile;
  /** @throws Error whose message goes behind the option's name: `"banana" is no duration; expected …` */
  readonly parse: (text: string) => T;
}

/** Any set of options; its values' type is `Values<typeof options>`. */
export type OptionSet = Readonly<Record<string, Option<unknown>>>;
export type Values<O extends OptionSet> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

export interface Declaration {
  flag: string;
  about: string;
  env?: string | readonly string[];
  isList?: boolean;
  choices?: readonly string[];
  suggest?: (env: Variables) => readonly string[];
}

interface WithFallback extends Declaration {
  fallback: string;
}

interface Parser<T> {
  parse: (text: string) => T;
}

/** An option whose value is undefined when nobody sets it, unless it has a fallback. */
export function option<T>(declaration: WithFallback & Parser<T>): Option<T>;
export function option<T>(declaration: Declaration & Parser<T>): Option<T | undefined>;
export function option<T>(declaration: Declaration & { fallback?: string } & Parser<T>): Option<T | undefined> {
  const { flag, about, env = [], fallback, isList = false, choices, suggest, parse } = declaration;
  const names = typeof env === 'string' ? [env] : env;
  return { flag, about, env: names, fallback, isSecret: false, credential: undefined, isList, choices, suggest, parse };
}

/** Takes the text as it is; it must not be empty. */
export function text(declaration: WithFallback): Option<string>;
export function text(declaration: Declaration): Option<string | undefined>;
export function text(declaration: Declaration & { fallback?: string }): Option<string | undefined> {
  return option({ ...declaration, parse: parseText });
}

function parseText(value: string): string {
  if (value === '') throw new Error('the value is empty');
  return value;
}

/** The address of a server, or its Unix socket. A password in it would show where the address does, so it takes none. */
export function serverAddress(declaration: WithFallback): Option<string>;
export function serverAddress(declaration: Declaration): Option<string | undefined>;
export function serverAddress(declaration: Declaration & { fallback?: string }): Option<string | undefined> {
  return option({ ...declaration, parse: parseAddress });
}

function parseAddress(value: string): string {
  if (/^unix:\/./.test(value)) return value;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && url.username + url.password !== '') throw new Error('an address takes no user and password');
  if (url && /^https?:$/.test(url.protocol) && url.search + url.hash === '' && !/\s/.test(value)) return value;
  throw new Error(`${JSON.stringify(value)} is no address of a pcd; expected one such as http://127.0.0.1:8080`);
}

/** On or off: no value on the command line; `1`, `true`, `0`, `false` in a variable. */
export function toggle(declaration: Declaration): Option<boolean> {
  return option({ ...declaration, fallback: 'false', parse: parseBoolean });
}

function parseBoolean(value: string): boolean {
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw new Error(`${JSON.stringify(value)} is neither true nor false; expected true or false`);
}

/** On unless somebody says otherwise: `--rates` and `--no-rates`, whichever stands last. */
export function onOff(declaration: Declaration): Option<boolean> {
  return { ...option({ ...declaration, fallback: 'true', parse: parseBoolean }), isNegatable: true };
}

/** Milliseconds. */
export function duration(declaration: WithFallback & { least?: string }): Option<number>;
export function duration(declaration: Declaration & { least?: string }): Option<number | undefined>;
export function duration(declaration: Declaration & { fallback?: string; least?: string }): Option<number | undefined> {
  const least = declaration.least ?? '0';
  return option({
    ...declaration,
    parse: (value) => {
      const ms = parseDuration(value);
      if (ms === undefined)
        throw new Error(`${JSON.stringify(value)} is no duration; expected one such as ${DURATION_EXAMPLES}`);
      if (ms < (parseDuration(least) ?? 0)) throw new Error(`${value} is too short; expected ${least} or more`);
      return ms;
    },
  });
}

/** Bytes. */
export function size(declaration: WithFallback & { least?: string }): Option<number>;
export function size(declaration: Declaration & { least?: string }): Option<number | undefined>;
export function size(declaration: Declaration & { fallback?: string; least?: string }): Option<number | undefined> {
  const least = declaration.least ?? '0';
  return option({
    ...declaration,
    parse: (value) => {
      const bytes = parseSize(value);
      if (bytes === undefined)
        throw new Error(`${JSON.stringify(value)} is no size; expected one such as ${SIZE_EXAMPLES}`);
      if (bytes < (parseSize(least) ?? 0)) throw new Error(`${value} is too small; expected ${least} or more`);
      return bytes;
    },
  });
}

/** One of a list of words. */
export function choice<const T extends string>(declaration: WithFallback & { choices: readonly T[] }): Option<T> {
  const choices: readonly T[] = declaration.choices;
  return option<T>({
    ...declaration,
    parse: (value) => {
      const found = choices.find((word) => word === value);
      if (found === undefined) throw new Error(`${JSON.stringify(value)} is not known; expected ${choices.join(', ')}`);
      return found;
    },
  });
}

/**
 * A key or password: from its variable, from a file that the flag names, or else from the credential of that name which
 * systemd gives a unit (LoadCredential=, SetCredentialEncrypted=).
 */
export function secret(declaration: Declaration & { credential?: string }): Option<string | undefined> {
  const { credential } = declaration;
  const also = credential === undefined ? '' : ` Without either, systemd's credential \`${credential}\` is it.`;
  const about = declaration.about + also;
  return { ...option({ ...declaration, about, parse: (value) => value }), isSecret: true, credential };
}

/** The member name that a flag's value has: `--env-file <path>` is `envFile`. */
export function longName(flag: string): string {
  return /--([a-z][a-z-]*)/.exec(flag)?.[1] ?? flag;
}
