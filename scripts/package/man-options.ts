import { DURATION_EXAMPLES, SIZE_EXAMPLES } from '@perfcollector/cli';
import { type AnyOption, type Declarations, type DeclaredOption, whichHave } from '../declared-options.ts';
import { bold, paragraph, tagged, usage } from './roff.ts';

/** An option as a manual page lists it, and which commands have it where not all do. */
export function optionEntry(declared: DeclaredOption, all: Declarations): string {
  return tagged(usage(flagsOf(declared.option)), [...sentences(declared.option), which(declared, all)].join(' '));
}

function flagsOf({ flag, isNegatable }: AnyOption): string {
  return isNegatable ? `${flag}, ${flag.replace('--', '--no-')}` : flag;
}

/** `--frequency`, without the value and the short form. */
export function longFlag({ flag }: AnyOption): string {
  return /--[\w-]+/.exec(flag)?.[0] ?? flag;
}

function sentences({ about, isSecret, isList, choices = [], fallback, flag, env }: AnyOption): string[] {
  const isTold = choices.every((word) => about.includes(word));
  return [
    about,
    isSecret ? 'The flag names a file that holds it.' : '',
    isTold ? '' : `One of: ${choices.map(typed).join(', ')}.`,
    isList ? 'It may stand several times.' : '',
    fallback && flag.includes('<') ? `Default: ${typed(fallback)}.` : '',
    env.length > 0 ? `Variable: ${env.map(typed).join(', ')}.` : '',
  ];
}

function which(declared: DeclaredOption, all: Declarations): string {
  const { isAll, isWithout, names } = whichHave(declared, all);
  return isAll ? '' : `(${isWithout ? 'Not of' : 'Of'} ${names.map(typed).join(', ')}.)`;
}

export function typed(text: string): string {
  return `\`${text}\``;
}

/** How the values are written that these options take. */
export function valueForms(options: readonly DeclaredOption[]): string {
  const takes = (value: string) => options.some(({ option }) => option.flag.includes(value));
  const durations = takes('<duration>') ? `Durations are written as in Go: ${DURATION_EXAMPLES}.` : '';
  const sizes = takes('<size>') ? `Sizes are in bytes or binary units: ${SIZE_EXAMPLES}.` : '';
  return durations || sizes ? paragraph(`${durations} ${sizes}`) : '';
}

/** Every variable of the options, with the flags that say the same. */
export function variableEntries(options: readonly DeclaredOption[]): string {
  const found = new Map<string, { flags: Set<string>; option: AnyOption }>();
  for (const { option } of options) {
    for (const name of option.env) {
      const flags = found.get(name)?.flags ?? new Set();
      found.set(name, { flags: flags.add(longFlag(option)), option });
    }
  }
  return Array.from(found, ([name, { flags, option }]) => tagged(bold(name), variableText(name, flags, option))).join(
    '',
  );
}

function variableText(name: string, flags: ReadonlySet<string>, { env, isSecret, flag }: AnyOption): string {
  const [documented = name] = env;
  const see = `See ${[...flags].map(typed).join(', ')}.`;
  if (name !== documented) return `As ${typed(documented)}, which goes before it.`;
  if (isSecret) return `What the file of ${[...flags].map(typed).join(', ')} holds.`;
  return flag.includes('<') ? see : `\`true\` or \`false\`, \`1\` or \`0\`. ${see}`;
}
