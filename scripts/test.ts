/** Everything that can be checked: `npm test`. Arguments go to vitest: `npm test -- packages/procfs`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { buildPrograms } from './build.ts';
import { runChecks } from './check.ts';

const REPORT = '.vitest-report.json';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

await buildPrograms();
const checks = await runChecks();
const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...process.argv.slice(2)];
rmSync(REPORT, { force: true });
const { status } = spawnSync('node_modules/.bin/vitest', args, { stdio: 'inherit' });
const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
// A file that cannot be loaded fails without a test of its own.
const unloaded = status !== 0 && report.numFailedTests === 0 ? 1 : 0;
const failed = checks.failed + report.numFailedTests + unloaded;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${checks.passed + report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || status !== 0 ? 1 : 0;
