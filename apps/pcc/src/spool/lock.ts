import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, systemError, UserError } from '@perfcollector/cli';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Two that come at the very same moment both step back; each comes again after a time of its own. */
const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 100;

export interface Lock {
  release(): void;
}

/**
 * Takes a directory for this process alone. A lock is an empty file whose name says whose it is, `lock-<pid>-<start>-<boot>`:
 * it is there whole or not at all, and no two processes ever have the same name, so removing the lock of a dead one can
 * never remove that of a living. Everyone makes its own first and looks for others then; of two at once at least one
 * sees the other, so never do both win.
 * @throws UserError that names the process that has it
 */
export async function lockDirectory(directory: string): Promise<Lock> {
  const own = ownIdentity();
  for (let attempt = 1; ; attempt += 1) {
    const other = tryLock(directory, own);
    if (!other) return { release: () => unlock(directory, own) };
    if (attempt === ATTEMPTS) throw inUse(directory, other);
    await delay(Math.random() * LONGEST_PAUSE_MS);
  }
}

/** Where it cannot be removed it stays, and is of nobody as soon as this process is gone. */
function unlock(directory: string, own: ProcessIdentity): void {
  try {
    rmSync(pathOf(directory, own), { force: true });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

/** The number of the process that has a directory locked; undefined where none does. Changes nothing. */
export function lockHolder(directory: string): number | undefined {
  const holders = readdirSync(directory).map(identityIn);
  return holders.find((holder) => holder !== undefined && isAlive(holder))?.pid;
}

/** Undefined where the lock is ours now, else who has it. */
function tryLock(directory: string, own: ProcessIdentity): ProcessIdentity | undefined {
  try {
    closeSync(openSync(pathOf(directory, own), 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return own; // this very process has it already
    throw systemError(`lock the spool ${directory}`, error);
  }
  const other = livingOther(directory, own);
  if (other) rmSync(pathOf(directory, own), { force: true });
  return other;
}

function livingOther(directory: string, own: ProcessIdentity): ProcessIdentity | undefined {
  for (const name of readdirSync(directory)) {
    const holder = identityIn(name);
    if (!holder || name === nameOf(own)) continue;
    if (isAlive(holder)) return holder;
    rmSync(join(directory, name), { force: true });
  }
  return undefined;
}

function nameOf({ pid, start, boot }: ProcessIdentity): string {
  return `lock-${pid}-${start}-${boot}`;
}

function pathOf(directory: string, identity: ProcessIdentity): string {
  return join(directory, nameOf(identity));
}

function identityIn(name: string): ProcessIdentity | undefined {
  const [, pid, start, boot] = /^lock-(\d+)-(\d+)-([0-9a-f-]+)$/.exec(name) ?? [];
  return pid && start && boot ? { pid: Number(pid), start, boot } : undefined;
}

function inUse(directory: string, { pid }: ProcessIdentity): UserError {
  return new UserError('SPOOL_IN_USE', `the spool ${directory} is in use by another pcc, process ${pid}`, {
    hint: 'Stop that one, or give this one a spool of its own with --spool or PCC_SPOOL.',
  });
}
