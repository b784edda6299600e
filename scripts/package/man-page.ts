/**
 * The manual pages, from what the programs declare and what their `manual.ts` says besides:
 *     node_modules/.bin/node scripts/package/man-page.ts pcc 2026-11-21 > pcc.1 && man ./pcc.1
 */
import { declaredOptions, type Manual, type Program } from '@perfcollector/cli';
import {
  type Declarations,
  type DeclaredCommand,
  type DeclaredOption,
  declarationsOf,
  loadProgram,
  PROGRAMS,
  type ProgramName,
  wordsOf,
} from '../declared-options.ts';
import { longFlag, optionEntry, typed, valueForms, variableEntries } from './man-options.ts';
import { bold, example, literal, paragraph, prose, section, subsection, tagged, usage } from './roff.ts';

export interface Edition {
  readonly version: string;
  /** `2026-11-21`: what the page says of its age. Of the clock, no two builds would be the same. */
  readonly date: string;
}

/** The page of one of the programs, as roff. */
export async function manPageOf(name: ProgramName, edition: Edition): Promise<string> {
  const program = await loadProgram(name);
  const { manual } = (await import(`../../apps/${name}/src/manual.ts`)) as { manual: Manual };
  return renderManPage(program, manual, edition);
}

export async function renderManPage(program: Program, manual: Manual, edition: Edition): Promise<string> {
  const declared = await declarationsOf(program, declaredOptions);
  const { name, summary } = program;
  const own = declared.commands.map((command) => commandOf(name, command, declared));
  const others = PROGRAMS.filter((other) => other !== name).map((other) => `${other}(1)`);
  return [
    header(name, edition),
    section('name', `${literal(name)} \\- ${literal(summary)}\n`),
    section('synopsis', synopsisOf(name, declared)),
    section('description', manual.description.map(paragraph).join('')),
    section('commands', own.join('')),
    section('options', optionsOf(declared)),
    section('environment', variablesOf(declared, manual)),
    section('files', entriesOf(manual.files)),
    section('exit status', entriesOf({ ...EXIT_CODES, ...manual.exitCodes })),
    section('examples', manual.examples.map(({ about, lines }) => paragraph(about) + example(lines)).join('')),
    section('see also', prose([...others, ...manual.seeAlso].join(', '))),
  ].join('');
}

const EXIT_CODES = {
  0: 'Done.',
  1: 'Not done, or not wholly; standard error tells why.',
  2: 'Used wrongly: an option, a variable or an argument.',
};

function header(name: string, { version, date }: Edition): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new Error(`${JSON.stringify(date)} is no date; expected 2026-11-21`);
  const title = `.TH ${literal(name.toUpperCase())} 1 ${date} "perfcollector ${literal(version)}" perfcollector`;
  return `.\\" Made of the declarations of options by scripts/package/man-page.ts.\n${title}\n.nh\n.ad l\n`;
}

function synopsisOf(name: string, { commands }: Declarations): string {
  return `.nf\n${commands.map((command) => `${usageOf(name, command)}\n`).join('')}.fi\n`;
}

function usageOf(program: string, { name, isDefault, args }: DeclaredCommand): string {
  const command = isDefault ? `[${bold(name)}]` : bold(name);
  return [bold(program), command, usage('[option...]'), ...args.map((argument) => usage(argument.name))].join(' ');
}

/** A command with what is its own; of an option that others have too, the name. */
function commandOf(program: string, command: DeclaredCommand, declared: Declarations): string {
  const { summary, args, options } = command;
  const listed = new Set(sharedOf(declared).map(({ option }) => wordsOf(option)));
  const shared = options.filter((option) => listed.has(wordsOf(option)));
  const own = options.filter((option) => !listed.has(wordsOf(option)));
  const all = command.isDefault ? '' : `See OPTIONS for ${shared.map((option) => typed(longFlag(option))).join(', ')}.`;
  return subsection(
    usageOf(program, command),
    [
      prose(summary),
      ...args.map(({ name, about }) => tagged(usage(name), about)),
      ...own.map((option) => optionEntry({ option, commands: [command.name] }, { ...declared, commands: [command] })),
      all && paragraph(all),
    ].join(''),
  );
}

/** What several commands have, or the one that needs no name. */
function sharedOf({ commands, options }: Declarations): DeclaredOption[] {
  const main = commands.find(({ isDefault }) => isDefault)?.name;
  return options.filter(({ commands: names }) => names.length > 1 || names.some((name) => name === main));
}

function optionsOf(declared: Declarations): string {
  const entries = sharedOf(declared).map((option) => optionEntry(option, declared));
  const general = [
    tagged(usage('-h, --help'), 'Tell how a command is used.'),
    tagged(
      usage('-V, --version'),
      'Tell the version, and of which commit and day it is. It stands in the place of a command.',
    ),
  ];
  return [valueForms(declared.options), ...entries, ...general].join('');
}

function variablesOf({ options }: Declarations, { variables }: Manual): string {
  return `${paragraph(STRONGEST)}${variableEntries(options)}${entriesOf(variables)}`;
}

const STRONGEST =
  'The strongest first: option, variable, the file that `--env-file` names, default. A variable that is empty counts as one that is not set.';

function entriesOf(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, about]) => tagged(usage(name), about))
    .join('');
}

if (import.meta.main) {
  const [name, date] = process.argv.slice(2);
  const program = PROGRAMS.find((known) => known === name);
  if (!program || !date) throw new Error(`expected a program (${PROGRAMS.join(', ')}) and a date (2026-11-21)`);
  process.stdout.write(await manPageOf(program, { version: (await loadProgram(program)).version, date }));
}
