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
    const place = new RegExp(`(<!-- options of ${app} -->\n)[^]*?(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`${README} has no place for the options of ${app}`);
    text = text.replace(place, (_, begin: string, end: string) => `${begin}${table}${end}`);
  }
  return text;
}

async function tableOf(app: string): Promise<string> {
  const { program } = (await import(`../apps/${app}/src/program.ts`)) as { program: Program };
  const rows = new Map<string, string>();
  for (const { name, load } of program.commands) {
    const { options } = (await load()) as { options: OptionSet };
    for (const { flag, env, fallback, about, isSecret } of Object.values(options)) {
      const isSwitch = !flag.includes('<');
      const text = isSecret ? `${about} The flag names a file that holds it.` : about;
      const cells = [
        `\`${flag}\``,
        env.map((variable) => `\`${variable}\``).join(', '),
        isSwitch || fallback === undefined ? '' : `\`${fallback}\``,
        text,
      ];
      const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
      rows.set(row, [rows.get(row), name].filter(Boolean).join(', '));
    }
  }
  return `| option | variable | default | |\n| --- | --- | --- | --- |\n${[...rows.keys()].join('')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(README, await withTables(readFileSync(README, 'utf8')));
}
