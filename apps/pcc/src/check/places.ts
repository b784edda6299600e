import { accessSync, closeSync, constants, openSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { formatBytes, systemError } from '@perfcollector/cli';
import { lockHolder } from '../spool/lock.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Whether the collection can be written; nothing is created for that. @throws UserError */
export function checkCollection(path: string): Finding {
  const attempt = `write the collection ${path}`;
  const stat = attempted(attempt, () => statSync(path, { throwIfNoEntry: false }));
  if (stat?.isFile()) attempted(attempt, () => closeSync(openSync(path, 'r+')));
  else if (stat?.isDirectory()) throw systemError(attempt, { code: 'EISDIR' });
  else if (stat) attempted(attempt, () => accessSync(path, constants.W_OK));
  else attempted(attempt, () => accessSync(dirname(resolve(path)), constants.W_OK | constants.X_OK));
  return ok('collection', `${path} can be written${stat ? '' : ', and begins anew'}`);
}

/** Whether samples can wait there. @throws UserError */
export function checkSpool(directory: string): Finding {
  const attempt = `keep samples in the spool ${directory}`;
  const stat = attempted(attempt, () => statSync(directory, { throwIfNoEntry: false }));
  if (!stat) {
    const parent = nearest(directory);
    attempted(attempt, () => accessSync(parent, constants.W_OK | constants.X_OK));
    return ok('spool', `${directory} can be made`);
  }
  if (!stat.isDirectory()) throw systemError(attempt, { code: 'ENOTDIR' });
  attempted(attempt, () => accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK));
  const holder = lockHolder(directory);
  if (holder === undefined) return ok('spool', `${directory} can be written, and no other pcc uses it`);
  const hint = 'Stop that one, or give this one a spool of its own with --spool or PCC_SPOOL.';
  return failed('spool', `${directory} is in use by another pcc, process ${holder}`, hint);
}

export interface Need {
  readonly check: string;
  /** The file or directory that grows; it need not be there yet. */
  readonly path: string;
  readonly bytes: number;
  /** What needs them: `a run of 24h`. */
  readonly what: string;
}

/** Whether there is room for what is to come. */
export function checkRoom({ check, path, bytes, what }: Need): Finding {
  const { bavail, bsize } = statfsSync(nearest(path));
  const free = bavail * bsize;
  const told = `${what} takes up to ${formatBytes(bytes)}, and ${formatBytes(free)} are free at ${path}`;
  return bytes <= free ? ok(check, told) : warning(check, told, 'Make room, or choose a place on another disk.');
}

/** The path itself, or the directory that it would come to be in. */
function nearest(path: string): string {
  const whole = resolve(path);
  return statSync(whole, { throwIfNoEntry: false }) ? whole : nearest(dirname(whole));
}

function attempted<T>(attempt: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw systemError(attempt, error);
  }
}
