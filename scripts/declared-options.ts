/** What a program's commands declare, put together: the README's tables and the manual pages are made of it. */
import type { Command, OptionSet, Program } from '@perfcollector/cli';

export const PROGRAMS = ['pcc', 'pcd', 'pcctl', 'pcprocess'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export type AnyOption = OptionSet[string];

export interface DeclaredCommand {
  readonly name: string;
  readonly summary: string;
  /** Runs where the command line names no command. */
  readonly isDefault: boolean;
  readonly args: NonNullable<Command['args']>;
  readonly options: readonly AnyOption[];
}

/** An option that several commands declare in the same words is one. */
export interface DeclaredOption {
  readonly option: AnyOption;
  readonly commands: readonly string[];
}

export interface Declarations {
  readonly commands: readonly DeclaredCommand[];
  readonly options: readonly DeclaredOption[];
}

export async function loadProgram(name: ProgramName): Promise<Program> {
  const { program } = (await import(`../apps/${name}/src/program.ts`)) as { program: Program };
  return program;
}

/** Loads the commands of a program, but for those that are for programs. @param optionsOf which of a command's options count */
export async function declarationsOf(
  { commands }: Program,
  optionsOf: (command: Command) => OptionSet,
): Promise<Declarations> {
  const loaded: DeclaredCommand[] = [];
  for (const { name, summary, load, isHidden } of commands) {
    const same = commands.filter((other) => other.load === load);
    // The command that needs no name may have one, too: then it stands there by that.
    if (isHidden || (name === '' && same.length > 1)) continue;
    const command: Command = await load();
    const isDefault = same.some((entry) => entry.isDefault);
    loaded.push({ name, summary, isDefault, args: command.args ?? [], options: Object.values(optionsOf(command)) });
  }
  return { commands: loaded, options: together(loaded) };
}

function together(commands: readonly DeclaredCommand[]): DeclaredOption[] {
  const found = new Map<string, { option: AnyOption; commands: string[] }>();
  for (const { name, options } of commands) {
    for (const option of options) {
      const known = found.get(wordsOf(option)) ?? { option, commands: [] };
      found.set(wordsOf(option), { option, commands: [...known.commands, name] });
    }
  }
  return [...found.values()];
}

/** What tells two declarations apart. */
export function wordsOf({ flag, env, fallback, about }: AnyOption): string {
  return JSON.stringify([flag, env, fallback, about]);
}

export interface Choice {
  readonly isAll: boolean;
  /** Those that have it; or, where that is shorter, those that have it not. */
  readonly names: readonly string[];
  readonly isWithout: boolean;
}

/** Which commands have an option, of those that have any. */
export function whichHave({ commands: names }: DeclaredOption, { commands }: Declarations): Choice {
  const others = commands.flatMap(({ name, options }) => (options.length > 0 && !names.includes(name) ? [name] : []));
  const isWithout = others.length < names.length;
  return { isAll: others.length === 0, isWithout, names: isWithout ? others : names };
}
