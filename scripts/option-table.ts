/**
 * The README's tables of options come from the options' own declarations:
 *     node_modules/.bin/node scripts/option-table.ts        writes them
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { OptionSet, Program } from '@perfcollector/cli';

const README = 'README.md';
const APPS = ['pcc', 'pcd', 'pcctl', 'pcprocess'];

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
  for (const app of APPS) {
    const table = await tableOf(app);
    const place = new RegExp(`(<!-- options of ${app} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`${README} has no place for the options of ${app}`);
    text = text.replace(place, (_, begin: string, end: string) => `${begin}${table}${end}`);
  }
  return text;
}

async function tableOf(app: string): Promise<string> {
  const { program } = (await import(`../apps/${app}/src/program.ts`)) as { program: Program };
  const rows = new Map<string, string[]>();
  const withOptions: string[] = [];
  for (const { name, load } of program.commands) {
    // The command that needs no name may have one, too: then it stands there by that.
    if (name === '' && program.commands.some((other) => other.name !== '' && other.load === load)) continue;
    const { options } = (await load()) as { options: OptionSet };
    if (Object.keys(options).length > 0) withOptions.push(name);
    for (const option of Object.values(options)) {
      const row = rowOf(option);
      rows.set(row, [...(rows.get(row) ?? []), name]);
    }
  }
  const lines = Array.from(rows, ([row, names]) => `${row}${only(names, withOptions)} |\n`);
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

/** Which commands have an option that not all of those with options have, or which have it not, as is shorter. */
function only(names: readonly string[], withOptions: readonly string[]): string {
  const others = withOptions.filter((name) => !names.includes(name));
  if (others.length === 0) return '';
  return others.length < names.length ? ` (not ${others.join(', ')})` : ` (${names.join(', ')})`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(README, await withTables(readFileSync(README, 'utf8')));
}
