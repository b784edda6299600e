import { SourceError } from '../../errors.ts';
import type { HostReader, KernelFile } from '../../types.ts';
import { emptyStat, type ProcessStat, scanStat } from './stat.ts';

/** A process that runs, from the tick at which it was first seen to the one at which it has gone. */
export interface Process {
  readonly pid: number;
  /** Its stat file. */
  readonly file: KernelFile;
  readonly start: number;
  state: number;
  utime: number;
  stime: number;
  threads: number;
  pages: number;
  /** CPU ticks since the walk before; undefined where that is not known. */
  interval: number | undefined;
  /** The number of the walk that saw it last. */
  seenAt: number;
}

/** The processes of a host. */
export interface ProcessTable {
  readonly processes: ReadonlyMap<number, Process>;
  /** Looks at every process once. @throws SourceError where there is no /proc */
  walk(report: (problem: string) => void): void;
  close(): void;
}

/** A process that may not be looked at is left alone for so many walks. */
const DENIED_WALKS = 60;

export function openProcessTable(host: HostReader): ProcessTable {
  const processes = new Map<number, Process>();
  const denied = new Map<number, number>();
  const stat = emptyStat();
  let walks = 0;
  let newestBefore = Number.POSITIVE_INFINITY;

  const look = (pid: number, report: (problem: string) => void) => {
    const known = processes.get(pid);
    const file = known?.file ?? host.open(`/proc/${pid}/stat`);
    const outcome = readStat(file, stat);
    if (outcome === 'denied') {
      denied.set(pid, walks);
      report('processes of other users cannot be ranked: /proc is mounted with hidepid, and it takes more rights');
    }
    if (outcome === 'read') processes.set(pid, nextOf(known, { pid, file, stat, walks, newestBefore }));
    return outcome;
  };
  const isLeftAlone = (pid: number) => walks - (denied.get(pid) ?? Number.NEGATIVE_INFINITY) < DENIED_WALKS;

  return {
    processes,
    walk(report) {
      walks += 1;
      for (const name of host.list('/proc')) {
        const pid = pidOf(name);
        if (pid === 0 || isLeftAlone(pid)) continue;
        // A descriptor of the process that had the number before says that this one has gone; a new one finds the next.
        if (look(pid, report) === 'gone' && drop(processes, pid)) look(pid, report);
      }
      newestBefore = dropUnseen(processes, walks);
      for (const [pid, walk] of denied) if (walks - walk >= DENIED_WALKS) denied.delete(pid);
    },
    close() {
      for (const { file } of processes.values()) file.close();
      processes.clear();
    },
  };
}

function readStat(file: KernelFile, stat: ProcessStat): 'read' | 'gone' | 'denied' {
  try {
    const end = file.read('one record');
    return scanStat(file.bytes, end, stat) ? 'read' : 'gone';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.reason === 'denied' ? 'denied' : 'gone';
  }
}

interface Seen {
  readonly pid: number;
  readonly file: KernelFile;
  readonly stat: ProcessStat;
  readonly walks: number;
  readonly newestBefore: number;
}

function nextOf(known: Process | undefined, { pid, file, stat, walks, newestBefore }: Seen): Process {
  const { state, utime, stime, threads, start, pages } = stat;
  if (known?.start !== start) {
    // Started after every process of the walk before: all its time is the interval's.
    const interval = start >= newestBefore ? utime + stime : undefined;
    return { pid, file, start, state, utime, stime, threads, pages, interval, seenAt: walks };
  }
  known.interval = Math.max(utime + stime - known.utime - known.stime, 0);
  known.state = state;
  known.utime = utime;
  known.stime = stime;
  known.threads = threads;
  known.pages = pages;
  known.seenAt = walks;
  return known;
}

function drop(processes: Map<number, Process>, pid: number): boolean {
  processes.get(pid)?.file.close();
  return processes.delete(pid);
}

/** @returns when the newest of those that are left was started */
function dropUnseen(processes: Map<number, Process>, walks: number): number {
  let newest = 0;
  for (const [pid, { seenAt, start }] of processes) {
    if (seenAt !== walks) drop(processes, pid);
    else if (start > newest) newest = start;
  }
  return newest;
}

/** 0 for the names in /proc that are no processes. */
function pidOf(name: string): number {
  const first = name.charCodeAt(0);
  return first > 0x30 && first <= 0x39 ? Number(name) : 0;
}
