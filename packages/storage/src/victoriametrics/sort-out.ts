import { mergeSamples, type Sample } from '@perfcollector/collection';
import type { MachineRef } from '../store.ts';
import type { Clocks } from './clocks.ts';
import { milliseconds } from './labels.ts';
import { FIELD_PREFIX, fitsLabel } from './layout.ts';

/** A sample to be taken apart into series. */
export interface SpreadSample {
  readonly sample: Sample;
  /** How often its run's clock had been set back. */
  readonly timesSetBack: number;
}

export interface SortedOut {
  readonly spread: Iterable<SpreadSample>;
  /** Those that cannot be taken apart. */
  readonly whole: readonly Sample[];
  /** How many said nothing new. */
  readonly duplicates: number;
}

/** Which samples of a batch are stored in which form; parts of one sample become one. @throws StoreError */
export function sortOut(ref: MachineRef, samples: readonly Sample[], clocks: Clocks): SortedOut {
  const spread = new Map<string, SpreadSample>();
  const whole: Sample[] = [];
  let duplicates = 0;
  for (const sample of samples) {
    const timesSetBack = timesOf(ref, sample, clocks);
    const key = `${milliseconds(sample)} ${timesSetBack} ${sample.run ?? ''}`;
    const before = spread.get(key)?.sample;
    if (!isSpreadable(sample) || timesSetBack === undefined || (before && isAnother(before, sample))) {
      whole.push(sample);
      continue;
    }
    const merged = before ? mergeSamples(before, sample) : sample;
    if (merged) spread.set(key, { sample: merged, timesSetBack });
    else duplicates += 1;
  }
  return { spread: spread.values(), whole, duplicates };
}

function timesOf(ref: MachineRef, sample: Sample, clocks: Clocks): number | undefined {
  const { run, seq } = sample;
  if (run === undefined || seq === undefined) return 0;
  return clocks.timesSetBack(ref, { run, seq, ms: milliseconds(sample) });
}

/** Names that no label can be are those of people who try what happens. */
function isSpreadable({ run, fields }: Sample): boolean {
  if (run !== undefined && !fitsLabel(run)) return false;
  return Object.keys(fields).every((name) => name !== '' && fitsLabel(FIELD_PREFIX + name));
}

/** Two ticks of one run. */
function isAnother(before: Sample, { seq }: Sample): boolean {
  return before.seq !== undefined && seq !== undefined && before.seq !== seq;
}
