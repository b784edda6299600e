import { command, EXIT, formatDuration, type Log, UserError, type Values } from '@perfcollector/cli';
import { headerFor } from '../agent/header.ts';
import { type Finding, failure, found, ok, warning } from '../check/finding.ts';
import { checkLimits, openFiles } from '../check/limits.ts';
import { checkCollection, checkRoom, checkSpool } from '../check/places.ts';
import { checkSources } from '../check/sources.ts';
import { hostAt } from '../host.ts';
import { chosenSources, settingsOf } from '../sampling.ts';
import { destinationOf, spoolDirectory } from '../trickle-options.ts';
import { checkOptions, collectOptions } from './collect.ts';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly Finding[];
}

type Options = Values<typeof collectOptions>;

/** Looks at everything that a run with these options needs, and samples nothing into any place. */
export const check = command({
  options: collectOptions,
  async run(options): Promise<Report> {
    checkOptions(options);
    const { finding, identifier } = checkIdentifier(options);
    const sources = await checkHost(options);
    const place =
      options.mode === 'local' ? await checkLocal(options, sources.lineBytes) : await checkTrickle(options, identifier);
    const checks = [finding, ...place, ...sources.findings];
    return { ok: checks.every(({ state }) => state !== 'failed'), checks };
  },
  print: ({ checks }) => `${checks.map(printFinding).join('')}${verdict(checks)}\n`,
  exitCode: (report) => (report.ok ? EXIT.ok : EXIT.failed),
});

function checkIdentifier(options: Options): { finding: Finding; identifier?: string } {
  const warned: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (message) => warned.push(message), error() {} };
  try {
    const { identifier } = headerFor({ ...options, host: hostAt(options.root), settings: settingsOf(options), log });
    const told = `this machine is called ${identifier}`;
    const hint = 'Name it with --identifier or PCC_IDENTIFIER.';
    return { identifier, finding: warned[0] ? warning('identifier', warned[0], hint) : ok('identifier', told) };
  } catch (error) {
    return { finding: failure('identifier', error) };
  }
}

async function checkHost(options: Options): Promise<{ findings: readonly Finding[]; lineBytes: number }> {
  const setup = { host: hostAt(options.root), sources: chosenSources(options), settings: settingsOf(options) };
  let open = 0;
  const { findings, lineBytes } = await checkSources(setup, () => {
    open = openFiles();
  });
  return { findings: [...findings, checkLimits(open)], lineBytes };
}

const DAY_MS = 86_400_000;

async function checkLocal(options: Options, lineBytes: number): Promise<Finding[]> {
  const { collection: path, frequency, duration } = options;
  const collection = await found('collection', () => checkCollection(path));
  if (collection.state === 'failed') return [collection];
  const isEndless = duration === Number.POSITIVE_INFINITY;
  const bytes = lineBytes * Math.floor((isEndless ? DAY_MS : duration) / frequency);
  const what = isEndless ? 'each day of the run' : `a run of ${formatDuration(duration)}`;
  return [collection, checkRoom({ check: 'room', path, bytes, what })];
}

async function checkTrickle(options: Options, identifier: string | undefined): Promise<Finding[]> {
  const directory = spoolDirectory(options);
  const spool = await found('spool', () => checkSpool(directory));
  const room = { check: 'room', path: directory, bytes: options.spoolMax, what: 'a full spool' };
  const places = spool.state === 'failed' ? [spool] : [spool, checkRoom(room)];
  try {
    const destination = destinationOf(options);
    const { checkDestination } = await import('../check/server.ts');
    return [...(await checkDestination(destination, identifier)), ...places];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [failure('server', error), ...places];
  }
}

function printFinding({ check: name, state, message, hint }: Finding): string {
  const line = `${state.padEnd(7)}  ${name}: ${message}\n`;
  return hint === undefined ? line : `${line}         ${hint}\n`;
}

function verdict(checks: readonly Finding[]): string {
  const [bad, doubtful] = ['failed', 'warning'].map((state) => checks.filter((one) => one.state === state).length);
  if (bad) return `${bad} of ${checks.length} checks failed: pcc cannot work here like that`;
  return doubtful ? `pcc can work here; ${doubtful} of ${checks.length} checks warn` : 'pcc can work here';
}
