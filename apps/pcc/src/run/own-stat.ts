import { readFileSync } from 'node:fs';

/** CPU time, in clock ticks. */
export interface ChildrenTime {
  readonly user: number;
  readonly system: number;
}

/**
 * What the ended children of this process used that were waited for, and theirs that they waited for: `cutime` and
 * `cstime` of man 5 proc_pid_stat.
 */
export function childrenTime(): ChildrenTime {
  const field = ownStat();
  return { user: Number(field(16)), system: Number(field(17)) };
}

/** Whether a Ctrl-C of the terminal reaches this process, and with it those that it started: `pgrp` and `tpgid`. */
export function isInForeground(): boolean {
  const field = ownStat();
  return field(5) === field(8);
}

/** Fields by the numbers that the manual gives them. The name in field 2 may hold anything: they are counted from its bracket. */
function ownStat(): (number: number) => string | undefined {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (number) => fields[number - 3];
}
