import { type CounterPair, deviceDeltas, type Interval, isNa, type Na, na } from '@perfcollector/derive';
import { allGroups, type FieldSpec } from '@perfcollector/procfs';
import type { Stats } from './device-stats.ts';
import type { Span } from './spans.ts';

/** How much each counter of a device moves a second, by its name. */
export type Rates = (stat: string) => number | Na;

/** Whether something makes these counters anew is seen by all of them together, those that no column shows included. */
const counters = new Map<string, readonly FieldSpec[]>(
  ['disk', 'net'].map((name) => {
    const group = allGroups().find(({ group, device }) => group === name && device === 'between');
    return [name, group?.fields.filter(({ kind }) => kind === 'counter') ?? []];
  }),
);

export function ratesOf(group: 'disk' | 'net', device: string, { before, now, interval }: Span): Rates {
  if (isNa(interval)) return () => interval;
  const specs = counters.get(group) ?? [];
  const [earlier, later] = [before?.get(device), now.get(device)];
  const deltas = deviceDeltas(specs.map((spec) => pairOf(spec, earlier, later)));
  const byStat = new Map(specs.map(({ stat }, at) => [stat, deltas[at] ?? na('absent')]));
  return (stat) => perSecond(byStat.get(stat) ?? na('absent'), interval);
}

function pairOf({ stat, wraps32 }: FieldSpec, before: Stats | undefined, now: Stats | undefined): CounterPair {
  return { before: before?.get(stat), now: now?.get(stat), wraps32: wraps32 === true };
}

/**
 * Multiplied and divided in the order of sar and perfcollector2, by ticks of a hundredth of a second: the last digits come
 * out as theirs, which tells where a byte a second is cut off.
 */
function perSecond(delta: number | Na, { seconds }: Interval): number | Na {
  return isNa(delta) ? delta : (delta / (seconds * 100)) * 100;
}

/** The same in another unit. */
export function scaled(value: number | Na, factor: number): number | Na {
  return isNa(value) ? value : value * factor;
}

/** Without what the kernel does not count. */
export function sum(values: readonly (number | Na)[]): number | Na {
  const known = values.filter((value) => !(isNa(value) && value.na === 'absent'));
  if (known.length === 0) return na('absent');
  return known.find(isNa) ?? known.reduce<number>((total, value) => total + Number(value), 0);
}
