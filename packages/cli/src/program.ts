import { CommanderError, Command as Parser, Option as ParserOption } from 'commander';
import { describeVersion } from './build-info.ts';
import { EXIT, exitCodeOf, explain, UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { longName, type Option, type OptionSet, text, toggle, type Values } from './option.ts';
import { resolveOptions } from './resolve.ts';

/** What a command gets besides its options. */
export interface Context {
  readonly io: Io;
  /** What stands on the command line besides flags. */
  readonly args: readonly string[];
  /** Whether a program reads the result, not a person. */
  readonly isJson: boolean;
}

/** Something that stands on the command line besides flags. */
export interface Argument<O extends OptionSet = OptionSet> {
  /** `<machine>`, `[file...]`: names and count are checked before the command runs. */
  readonly name: string;
  readonly about: string;
  /** What may stand there as things are, for completion in a shell; it may ask a server. */
  suggest?(options: Values<O>, io: Io): Promise<readonly string[]> | readonly string[];
}

/** One command. It returns data; the program prints it, as text for people or as JSON for programs. */
export interface Command<O extends OptionSet = OptionSet, R = unknown> {
  readonly args?: readonly Argument<NoInfer<O>>[];
  readonly options: O;
  run(options: Values<O>, context: Context): Promise<R>;
  /** The result as text; a command without it prints nothing and has no `--json`. */
  print?(result: R, options: Values<O>, context: Context): string;
  /** What was not done of what was asked for, as sentences for standard error; any makes the exit code 1. */
  problems?(result: R): readonly string[];
  /** The exit code, where problems alone do not decide it: of a command that answers a question, or runs another. */
  exitCode?(result: R): number;
  /** Its arguments are another program's command line: flags behind the first of them are not its own. */
  readonly takesCommandLine?: true;
}

/** Keeps the types of options and result together where a command is declared. */
export function command<O extends OptionSet, R>(declared: Command<O, R>): Command<O, R> {
  return declared;
}

/** A line of a program's list of commands; the command's own file is loaded when it is needed. */
export interface CommandEntry {
  /** `keys list` */
  readonly name: string;
  readonly summary: string;
  /** Runs when the command line names no command. */
  readonly isDefault?: true;
  /** For programs: help does not list it. */
  readonly isHidden?: true;
  // biome-ignore lint/suspicious/noExplicitAny: a list holds commands of different options and results
  readonly load: () => Promise<Command<any, any>>;
}

export interface Program {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly commands: readonly CommandEntry[];
}

const COMMON = {
  envFile: text({ flag: '--env-file <path>', about: 'Read variables from this file; the environment is stronger.' }),
};
const JSON_OPTION = toggle({ flag: '--json', about: 'Print JSON, for programs.' });

/**
 * Runs a program: finds the command, reads its options, runs it and prints what it returns.
 * Returns the exit code: 0 done, 1 not done, 2 used wrongly. Never throws.
 */
export async function runProgram(program: Program, argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(program, argv, io);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    io.stderr.write(`${program.name}: ${explain(error)}\n`);
    return exitCodeOf(error);
  }
}

async function dispatch(program: Program, argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv;
  if (first === 'help' && rest.some((word) => !isHelp(word))) return dispatch(program, [...rest, '--help'], io);
  if (first === '--version' || first === '-V') {
    io.stdout.write(`${program.name} ${describeVersion(program.version)}\n`);
    return EXIT.ok;
  }
  const isGroup = program.commands.some(({ name }) => name.startsWith(`${first} `));
  const asksHelp = isHelp(first) || (isGroup && isHelp(argv[1]));
  const found = asksHelp ? undefined : findCommand(program, argv);
  if (found) return runCommand({ program, ...found }, io);
  io[asksHelp ? 'stdout' : 'stderr'].write(await programHelp(program, argv, io));
  return asksHelp ? EXIT.ok : EXIT.usage;
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}

interface Call {
  readonly program: Program;
  readonly entry: CommandEntry;
  readonly rest: readonly string[];
}

async function runCommand({ program, entry, rest }: Call, io: Io): Promise<number> {
  const loaded = await entry.load();
  const declared = declaredOptions(loaded);
  const parser = parserFor(
    { name: nameOf(program, entry), summary: entry.summary, command: loaded, options: declared },
    io,
  );
  parse(parser, rest);
  const flags = flagsOf(declared, parser);
  const envFile = typeof flags['env-file'] === 'string' ? flags['env-file'] : undefined;
  const options = resolveOptions(declared, { flags, env: io.env, envFile });
  const context = { io, args: parser.args, isJson: options.json === true };
  const result = await loaded.run(options, context);
  if (loaded.print)
    io.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : loaded.print(result, options, context));
  const problems = loaded.problems?.(result) ?? [];
  for (const problem of problems) io.stderr.write(`${program.name}: ${problem}\n`);
  return loaded.exitCode?.(result) ?? (problems.length > 0 ? EXIT.failed : EXIT.ok);
}

/** The command's own options and those that every command has. */
export function declaredOptions({ options, print }: Command): OptionSet {
  return { ...options, ...(print && { json: JSON_OPTION }), ...COMMON };
}

function nameOf(program: Program, entry: CommandEntry): string {
  return entry.isDefault ? program.name : `${program.name} ${entry.name}`;
}

/** The command whose words the command line begins with; else the default one, where flags or nothing come first. */
function findCommand(program: Program, argv: readonly string[]): Omit<Call, 'program'> | undefined {
  for (const entry of program.commands) {
    const words = entry.name.split(' ');
    if (words.every((word, at) => argv[at] === word)) return { entry, rest: argv.slice(words.length) };
  }
  const fallback = program.commands.find((entry) => entry.isDefault);
  const [first] = argv;
  if (fallback && (first === undefined || first.startsWith('-') || fallback.name === ''))
    return { entry: fallback, rest: argv };
  if (first === undefined || program.commands.some((entry) => entry.name.startsWith(`${first} `) && argv.length === 1))
    return undefined;
  const words = argv.slice(0, 2).filter((word, at) => at === 0 || !word.startsWith('-'));
  throw new UsageError(`there is no command ${JSON.stringify(words.join(' '))}`, `See ${program.name} --help.`);
}

interface Shape {
  readonly name: string;
  readonly summary: string;
  readonly command: Command;
  readonly options: OptionSet;
}

function parserFor({ name, summary, command: { args = [], takesCommandLine }, options }: Shape, io: Io): Parser {
  const parser = new Parser(name).description(summary).allowExcessArguments(false).exitOverride();
  parser.configureOutput({ writeOut: (message) => io.stdout.write(message), writeErr: () => {} });
  parser.configureHelp({ helpWidth: 110 });
  if (takesCommandLine) parser.passThroughOptions();
  for (const { name: argument, about } of args) parser.argument(argument, about);
  for (const declared of Object.values(options)) {
    parser.addOption(parserOption(declared));
    if (declared.isNegatable) parser.addOption(new ParserOption(`--no-${longName(declared.flag)}`, 'The opposite.'));
  }
  return parser;
}

function parserOption(declared: Option<unknown>): ParserOption {
  const made = new ParserOption(declared.flag, describe(declared));
  const join = (value: string, before: string | undefined) => (before === undefined ? value : `${before},${value}`);
  return declared.isList ? made.argParser(join) : made;
}

function describe({ about, env, fallback, isSecret, flag }: Option<unknown>): string {
  const isSwitch = !flag.includes('<');
  const notes = [env.length > 0 ? env[0] : '', fallback && !isSwitch ? `default ${fallback}` : ''].filter(Boolean);
  const text = isSecret ? `${about} The flag names a file that holds it.` : about;
  return notes.length > 0 ? `${text} (${notes.join(', ')})` : text;
}

function parse(parser: Parser, argv: readonly string[]): void {
  try {
    parser.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new UsageError(withoutValues(error.message), `See ${parser.name()} --help.`);
  }
}

/** What stands on the command line by mistake may be a key: the option's name is told, its value is not. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/(--[\w-]+)=[^']*/, '$1')
    .replace(/(too many arguments[^:]*):.*/s, '$1');
}

function flagsOf(options: OptionSet, parser: Parser): Record<string, string | boolean | undefined> {
  const values = parser.opts<Record<string, string | boolean | undefined>>();
  return Object.fromEntries(Object.values(options).map(({ flag }) => [longName(flag), values[camel(longName(flag))]]));
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

async function programHelp(program: Program, argv: readonly string[], io: Io): Promise<string> {
  const [first = ''] = argv;
  const group = first === 'help' || first.startsWith('-') ? '' : first;
  const listed = program.commands.filter(({ name, isHidden }) => name !== '' && !isHidden && name.startsWith(group));
  const width = Math.max(0, ...listed.map(({ name }) => name.length)) + 2;
  const lines = listed.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
  const list = lines.length > 0 ? `\nCommands:\n${lines.join('')}\nEach says more with --help.\n` : '';
  const fallback = group === '' ? program.commands.find((entry) => entry.isDefault) : undefined;
  const usage = fallback ? `\n${await commandHelp(program, fallback, io)}` : '';
  return `${program.name} ${program.version}: ${program.summary}\n${usage}${list}`;
}

async function commandHelp(program: Program, entry: CommandEntry, io: Io): Promise<string> {
  const loaded = await entry.load();
  return parserFor(
    { name: nameOf(program, entry), summary: '', command: loaded, options: declaredOptions(loaded) },
    io,
  ).helpInformation();
}
