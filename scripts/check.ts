/** The checks that need no running program: `npm run check`. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { importProblems } from './imports.ts';
import { optionTableProblems } from './option-table.ts';

interface Check {
  readonly name: string;
  /** What is wrong; nothing where all is well. */
  run(): Promise<readonly string[]> | readonly string[];
}

const checks: readonly Check[] = [
  { name: 'types', run: () => tool('tsc', '--project', 'tsconfig.json') },
  { name: 'lint and format', run: () => tool('biome', 'check', '--error-on-warnings', '.') },
  { name: 'unused code', run: () => tool('knip') },
  { name: 'direction of imports', run: importProblems },
  { name: 'option tables of the README', run: optionTableProblems },
];

function tool(name: string, ...args: readonly string[]): string[] {
  const done = spawnSync(`node_modules/.bin/${name}`, args, { encoding: 'utf8' });
  return done.status === 0 ? [] : [`${done.stdout}${done.stderr}${done.error ?? ''}`];
}

/** Runs every check and tells of each; gives how many passed and failed. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  let failed = 0;
  for (const { name, run } of checks) {
    const problems = await run();
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) failed += 1;
  }
  return { passed: checks.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { failed } = await runChecks();
  process.exitCode = failed > 0 ? 1 : 0;
}
