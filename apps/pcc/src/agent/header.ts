import { readFileSync } from 'node:fs';
import { type Log, UsageError, UserError, versionOf } from '@perfcollector/cli';
import { type Header, identifierProblem } from '@perfcollector/collection';
import { type HostReader, NOISE, readHostFacts, readMachineId, type SamplingSettings } from '@perfcollector/procfs';
import manifest from '../../package.json' with { type: 'json' };

/** The identifier's file where nobody names another. */
export const MACHINE_ID = '/etc/machine-id';

export interface HeaderSetup {
  readonly identifier: string;
  /** Milliseconds between ticks. */
  readonly frequency: number;
  readonly host: HostReader;
  readonly settings: SamplingSettings;
  readonly labels?: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** The first line of a run. @throws UserError where the machine has no name of its own */
export function headerFor({ identifier, frequency, host, settings, labels = {}, log }: HeaderSetup): Header {
  const facts = readHostFacts(host);
  return {
    collection: 1,
    run: newRun(),
    identifier: identify(identifier, { host, hostname: facts.hostname }, log),
    started: Date.now() / 1000,
    interval: frequency / 1000,
    host: facts,
    agent: `pcc ${versionOf(manifest)}`,
    labels,
    left_out: NOISE.filter((kind) => !settings.include.has(kind)),
  };
}

/** A random UUID, from the kernel: to load node:crypto for it takes 8 ms and 1.1 MB. man 4 random */
function newRun(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'utf8').trim();
}

/**
 * The identifier as wanted, from its file, or, where a machine was made without /etc/machine-id (containers), its
 * host name.
 */
function identify(
  wanted: string,
  { host, hostname }: { host: HostReader; hostname: string | undefined },
  log: Log,
): string {
  if (!wanted.startsWith('/')) return checkIdentifier(wanted);
  const id = readMachineId(host, wanted);
  if (id !== undefined) return checkIdentifier(id);
  if (wanted === MACHINE_ID && hostname !== undefined) {
    log.warn(`${wanted} is missing or empty: this machine is called by its host name, ${hostname}`);
    return checkIdentifier(hostname);
  }
  throw new UserError('NO_IDENTIFIER', `cannot tell what this machine is called: ${wanted} is missing or empty`, {
    hint: 'Name it with --identifier or PCC_IDENTIFIER.',
  });
}

function checkIdentifier(identifier: string): string {
  const problem = identifierProblem(identifier);
  if (problem) throw new UsageError(problem, 'Set --identifier or PCC_IDENTIFIER.');
  return identifier;
}
