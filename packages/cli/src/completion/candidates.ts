import type { Io } from '../io.ts';
import { longName, type Option, type OptionSet } from '../option.ts';
import { type Argument, type Command, type CommandEntry, declaredOptions, type Program } from '../program.ts';
import { resolveOptions } from '../resolve.ts';

/** A word that may stand where the cursor is. */
interface Candidate {
  readonly word: string;
  readonly about: string;
}

export interface Candidates {
  readonly words: readonly Candidate[];
  /** What the shell offers besides, from the file system. */
  readonly paths: 'files' | 'directories' | 'none';
}

/** A command line up to the cursor, without the program's name. */
export interface Typed {
  readonly before: readonly string[];
  /** The word at the cursor, as far as it is there. */
  readonly current: string;
}

const NOTHING: Candidates = { words: [], paths: 'none' };
/** Whoever waits at a prompt for the names of a server's machines waits no longer. */
const LONGEST_WAIT_MS = 2000;

/** What may stand at the cursor, from what the program declares. */
export async function candidatesFor(program: Program, typed: Typed, io: Io): Promise<Candidates> {
  const { before, current } = typed;
  const named = commandWords(program, before);
  const entry = entryOf(program, before);
  const within = entry && (await withinCommand(entry, { before: before.slice(wordsOf(entry, before)), current }, io));
  const { words, paths } = within ?? NOTHING;
  return { words: [...named, ...words].filter(({ word }) => word.startsWith(current)), paths };
}

/** The next words of the commands that the line may be of. */
function commandWords({ commands }: Program, before: readonly string[]): Candidate[] {
  const found = new Map<string, string>();
  for (const { name, summary, isHidden } of commands) {
    const words = name.split(' ');
    const next = words[before.length];
    if (isHidden || !next || !before.every((word, at) => word === words[at])) continue;
    const isGroup = words.length > before.length + 1;
    found.set(next, isGroup ? [...(found.get(next)?.split(', ') ?? []), words.at(-1)].join(', ') : summary);
  }
  return Array.from(found, ([word, about]) => ({ word, about }));
}

/** The command that the line is of; where it names none, the one that needs no name. */
function entryOf({ commands }: Program, before: readonly string[]): CommandEntry | undefined {
  const isNamed = ({ name }: CommandEntry) => name !== '' && name.split(' ').every((word, at) => before[at] === word);
  const isNameless = ({ isDefault, name }: CommandEntry) =>
    isDefault && (name === '' || (before[0] ?? '-').startsWith('-'));
  return commands.find(isNamed) ?? commands.find(isNameless);
}

function wordsOf({ name }: CommandEntry, before: readonly string[]): number {
  const words = name.split(' ');
  return words.every((word, at) => before[at] === word) ? words.length : 0;
}

async function withinCommand(entry: CommandEntry, { before, current }: Typed, io: Io): Promise<Candidates> {
  const command = await entry.load();
  const options = declaredOptions(command);
  const { flags, pending, count } = readFlags(options, before);
  if (pending) return valuesOf(pending, io);
  const [, flag, equals] = /^(--[\w-]+)(=?)/.exec(current) ?? [];
  const option = equals ? optionOf(options, flag) : undefined;
  if (option) return prefixed(`${flag}=`, valuesOf(option, io));
  const { args = [] } = command;
  if (current.startsWith('-') || args.length === 0) return flagsOf(options, flags);
  const argument = args[Math.min(count, args.length - 1)];
  if (!argument || (count >= args.length && !argument.name.includes('...'))) return NOTHING;
  return { words: await suggested(argument, { command, options, flags }, io), paths: pathsOf(argument.name) };
}

interface ReadFlags {
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** The one whose value comes next. */
  readonly pending: Option<unknown> | undefined;
  /** Of the words that are no flags and no values of flags. */
  readonly count: number;
}

function readFlags(options: OptionSet, words: readonly string[]): ReadFlags {
  const flags: Record<string, string | boolean> = {};
  let pending: Option<unknown> | undefined;
  let count = 0;
  for (const word of words) {
    const [, flag, value] = /^(-[\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = optionOf(options, flag);
    if (pending) flags[longName(pending.flag)] = word;
    else if (flag === undefined) count += 1;
    else if (option) flags[longName(option.flag)] = value ?? true;
    pending = !pending && option && value === undefined && takesValue(option) ? option : undefined;
  }
  return { flags, pending, count };
}

function optionOf(options: OptionSet, flag: string | undefined): Option<unknown> | undefined {
  return Object.values(options).find((option) => namesOf(option).includes(flag ?? ''));
}

/** `-o, --output <file>` has two. */
function namesOf({ flag }: Option<unknown>): string[] {
  return flag.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

function takesValue({ flag }: Option<unknown>): boolean {
  return flag.includes('<');
}

function valuesOf({ choices, suggest, flag }: Option<unknown>, { env }: Io): Candidates {
  const words = choices ?? attempt(() => suggest?.(env)) ?? [];
  return { words: words.map((word) => ({ word, about: '' })), paths: pathsOf(flag) };
}

/** Flags that were given are not offered again, unless they may be. */
function flagsOf(options: OptionSet, given: ReadFlags['flags']): Candidates {
  const left = Object.values(options).filter(({ flag, isList }) => isList || !(longName(flag) in given));
  const words = left.map((option) => ({ word: namesOf(option).at(-1) ?? '', about: firstSentence(option.about) }));
  return { words, paths: 'none' };
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /)[0] ?? text;
}

function prefixed(prefix: string, { words, paths }: Candidates): Candidates {
  return { words: words.map(({ word, about }) => ({ word: prefix + word, about })), paths };
}

/** A declaration says by the name of what stands there that it is a path. */
function pathsOf(declared: string): Candidates['paths'] {
  if (/[<[](file|path|command)\b/.test(declared)) return 'files';
  return /[<[]dir\b/.test(declared) ? 'directories' : 'none';
}

interface Line {
  readonly command: Command;
  readonly options: OptionSet;
  readonly flags: ReadFlags['flags'];
}

/** What the command knows of this argument; it may ask a server, with the options that the line has so far. */
async function suggested({ suggest }: Argument, { options, flags }: Line, io: Io): Promise<Candidate[]> {
  if (!suggest) return [];
  const envFile = typeof flags['env-file'] === 'string' ? flags['env-file'] : undefined;
  const words = attempt(async () => suggest(resolveOptions(options, { flags, env: io.env, envFile }), io));
  const late = new AbortController();
  const wait = new Promise<readonly string[]>((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT_MS, []);
    late.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const found = await Promise.race([words, wait]).catch(() => []);
  late.abort();
  return (found ?? []).map((word) => ({ word, about: '' }));
}

/** At a prompt there is no place for an error: what cannot be found out is not offered. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
