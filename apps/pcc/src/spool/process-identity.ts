import { readFileSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';

/** A process that no other is taken for, whatever becomes of its number: man 5 proc, /proc/pid/stat. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in clock ticks since boot. */
  readonly start: string;
  /** Of the boot that it was started in. */
  readonly boot: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: statOf(process.pid)?.start ?? '0', boot: bootId() };
}

/** Whether that very process is there still. */
export function isAlive({ pid, start, boot }: ProcessIdentity): boolean {
  if (boot !== bootId()) return false;
  const stat = statOf(pid);
  if (stat) return stat.start === start && stat.state !== 'Z' && stat.state !== 'X';
  return isHidden(pid);
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The name in field 2 may hold anything, blanks and brackets too: fields are counted from the last bracket. */
function statOf(pid: number): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[22 - 3] ?? '' };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

/** With hidepid, /proc shows nobody else's processes; a signal that may not be sent shows that there is one. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false; // ours, so /proc would show it: it came or went just now
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
