/**
 * The README's tables of options come from the options' own declarations:
 *     node_modules/.bin/node scripts/option-table.ts        writes them
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { OptionSet } from '@perfcollector/cli';
import { type Choice, declarationsOf, loadProgram, PROGRAMS, type ProgramName, whichHave } from './declared-options.ts';

const README = 'README.md';

/** What in the README differs from the declarations. */
export async function optionTableProblems(): Promise<string[]> {
  const text = readFileSync(README, 'utf8');
  const isUpToDate = text === (await withTables(text));
  return isUpToDate
    ? []
    : ['The option tables of README.md are out of date: run node_modules/.bin/node scripts/option-table.ts'];
}

async function withTables(readme: string): Promise<string> {
  let text = readme;
  for (const app of PROGRAMS) {
    const table = await tableOf(app);
    const place = new RegExp(`(<!-- options of ${app} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`${README} has no place for the options of ${app}`);
    text = text.replace(place, (_, begin: string, end: string) => `${begin}${table}${end}`);
  }
  return text;
}

async function tableOf(app: ProgramName): Promise<string> {
  const declared = await declarationsOf(await loadProgram(app), ({ options }) => options);
  const lines = declared.options.map((found) => `${rowOf(found.option)}${only(whichHave(found, declared))} |\n`);
  return `| option | variable | default | |\n| --- | --- | --- | --- |\n${lines.join('')}`;
}

function rowOf({ flag, env, fallback, about, isSecret }: OptionSet[string]): string {
  const hasDefault = flag.includes('<') && fallback;
  const text = isSecret ? `${about} The flag names a file that holds it.` : about;
  const cells = [code(flag), env.map(code).join(', '), hasDefault ? code(fallback) : '', text.replaceAll('<', '&lt;')];
  return `| ${cells.join(' | ')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function only({ isAll, isWithout, names }: Choice): string {
  return isAll ? '' : ` (${isWithout ? 'not ' : ''}${names.join(', ')})`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(README, await withTables(readFileSync(README, 'utf8')));
}
