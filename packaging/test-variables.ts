import { declarationsOf, loadProgram, PROGRAMS } from '../scripts/declared-options.ts';

/** Those of these environment variables that no option of any program has. */
export async function unknownVariables(names: readonly string[]): Promise<string[]> {
  const declared = await Promise.all(
    PROGRAMS.map(async (name) => declarationsOf(await loadProgram(name), ({ options }) => options)),
  );
  const known = new Set(declared.flatMap(({ options }) => options.flatMap(({ option }) => option.env)));
  return names.filter((name) => !known.has(name));
}

/** Those of the flags on this command line that the program has not. */
export async function unknownFlags(program: (typeof PROGRAMS)[number], words: readonly string[]): Promise<string[]> {
  const { options } = await declarationsOf(await loadProgram(program), (command) => command.options);
  const known = new Set(options.flatMap(({ option }) => /--[\w-]+/.exec(option.flag)?.[0] ?? []));
  return words.filter((word) => word.startsWith('--') && !known.has(word));
}
