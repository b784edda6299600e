import { counterDelta, isNa, type Na, na } from '@perfcollector/derive';
import type { FieldDescription } from '../layout.ts';
import type { Stats } from './device-stats.ts';
import type { Span } from './spans.ts';
import type { SarRow, SarTable } from './table.ts';

const BUSY = ['user', 'nice', 'system', 'iowait', 'irq', 'softirq', 'steal'];
/** Every kernel has these. */
const LEAST = new Set(['user', 'nice', 'system', 'idle']);
/** The kernel only ever adds to these; it estimates iowait and idle anew, and hypervisors take steal back. */
const MONOTONIC = new Set(['user', 'nice', 'system', 'irq', 'softirq']);

/** In percent of a CPU's time. */
export interface CpuShares {
  readonly user: number | Na;
  readonly nice: number | Na;
  readonly system: number | Na;
  readonly iowait: number | Na;
  readonly steal: number | Na;
  readonly idle: number | Na;
}

/**
 * How perfcollector2 divides the time: guest is in user already, a part that fell takes from the total what it fell by,
 * and no share is below 0 or above 100. Interrupts are in the total and have no column.
 */
export function cpuShares(before: Stats | undefined, now: Stats): CpuShares {
  const deltas = new Map([...BUSY, 'idle'].map((part) => [part, counterDelta(before?.get(part), now.get(part))]));
  const reason = unknown(deltas);
  const known = (part: string) => Number(deltas.get(part));
  const busy = BUSY.filter((part) => !isNa(deltas.get(part))).reduce((total, part) => total + known(part), 0);
  const all = busy + known('idle');
  const base = reason ?? baseOf(deltas, all);
  const share = (part: string): number | Na => {
    if (base) return base;
    const delta = deltas.get(part) ?? na('absent');
    return isNa(delta) ? delta : busy > 0 ? percent(delta, all) : 0;
  };
  const [user, nice, system, iowait, steal] = ['user', 'nice', 'system', 'iowait', 'steal'].map(share);
  const idle = base ?? 100 - (busy > 0 ? percent(busy, all) : 0);
  const none = na('absent');
  return {
    user: user ?? none,
    nice: nice ?? none,
    system: system ?? none,
    iowait: iowait ?? none,
    steal: steal ?? none,
    idle,
  };
}

type Deltas = ReadonlyMap<string, number | Na>;

/** Without one of its parts the total is unknown, unless the kernel has no such part. */
function unknown(deltas: Deltas): Na | undefined {
  const missing = [...deltas].find(([part, delta]) => isNa(delta) && (delta.na !== 'absent' || LEAST.has(part)))?.[1];
  return isNa(missing) ? missing : undefined;
}

function baseOf(deltas: Deltas, all: number): Na | undefined {
  if ([...deltas.values()].every((delta) => isNa(delta) || delta === 0)) return na('too_short');
  const fallen = [...deltas].filter(([part, delta]) => MONOTONIC.has(part) && Number(delta) < 0).length;
  return all <= 0 || fallen > 1 ? na('reset') : undefined;
}

function percent(part: number, all: number): number {
  return Math.min(100, Math.max(0, (part / all) * 100));
}

const share = (name: string, metric: string, description: string): FieldDescription => ({
  ...{ name, type: 'number', unit: 'percent', kind: 'counter', derivation: 'share' },
  ...{ group: 'cpu', metric, description },
});

/** perfcollector2's number for all CPUs together. */
const ALL = -1;

export const cpuTable: SarTable = {
  path: 'proc/stat',
  group: 'cpu',
  blank: 'NA',
  columns: [
    { name: 'CPU', type: 'integer', kind: 'label', description: 'Number of the CPU; -1 is all of them together.' },
    share('%usr', 'user', 'Time in user mode, guests included.'),
    share('%nice', 'nice', 'Time in user mode at low priority.'),
    share('%system', 'system', 'Time in kernel mode, interrupts not included.'),
    share('%iowait', 'iowait', 'Time without work while I/O was under way.'),
    share('%steal', 'steal', 'Time that the hypervisor gave to others.'),
    share('%idle', 'idle', 'Time without work and without I/O.'),
  ],
  *rows({ before, now, interval }): Generator<SarRow> {
    for (const cpu of [...now.keys()].map(numberOfCpu).sort((a, b) => a - b)) {
      const key = cpu === ALL ? '' : String(cpu);
      const shares = isNa(interval) ? undefined : cpuShares(before?.get(key), now.get(key) ?? new Map());
      const { user, nice, system, iowait, steal, idle } = shares ?? noShares(interval);
      yield { device: String(cpu), cells: [cpu, user, nice, system, iowait, steal, idle], names: 1 };
    }
  },
};

function numberOfCpu(device: string): number {
  return device === '' ? ALL : Number(device);
}

function noShares(interval: Span['interval']): CpuShares {
  const none = isNa(interval) ? interval : na('absent');
  return { user: none, nice: none, system: none, iowait: none, steal: none, idle: none };
}
