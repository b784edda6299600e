import type { Series } from '../store.ts';
import type { Buckets } from './buckets.ts';
import { type CounterParts, increaseOf } from './counter.ts';
import { type GaugeParts, mergeGauge } from './gauge.ts';
import type { FieldParts } from './rollup.ts';

/** One field's way over steps of equal length. */
export function seriesOf(name: string, field: FieldParts, steps: Buckets): Series {
  return field.kind === 'gauge' ? gaugeSeries(name, field.parts, steps) : counterSeries(name, field, steps);
}

/** Whether there is any number of it: a text has none. */
export function hasNumbers(field: FieldParts): boolean {
  if (field.kind === 'gauge') return field.parts.counts.some((count) => count > 0);
  return field.parts.first.some((value) => !Number.isNaN(value));
}

function gaugeSeries(field: string, parts: GaugeParts, steps: Buckets): Series {
  const { min, max, sum, counts, scale } = mergeGauge(parts, steps);
  const divisor = 10 ** scale;
  const each = (value: (step: number) => number) =>
    Array.from(counts, (count, step) => (count === 0 ? null : value(step) / divisor));
  return {
    field,
    kind: 'gauge',
    min: each((step) => min[step] as number),
    mean: each((step) => (sum[step] as number) / (counts[step] as number)),
    max: each((step) => max[step] as number),
  };
}

/** What happened between two samples belongs to the step of the later one. */
function counterSeries(
  field: string,
  { parts, wraps32 }: { readonly parts: CounterParts; readonly wraps32: boolean },
  { bucketOf, count }: Buckets,
): Series {
  const increase = new Float64Array(count);
  const knownMs = new Float64Array(count);
  let before = Number.NaN;
  let beforeMs = Number.NaN;
  for (const [at, step] of bucketOf.entries()) {
    const first = parts.first[at] as number;
    if (Number.isNaN(first)) continue;
    const [firstMs, lastMs] = [parts.firstMs[at] as number, parts.lastMs[at] as number];
    const between = increaseOf(before, first, wraps32 && parts.base === 0n);
    if (!Number.isNaN(before) && between !== undefined) {
      (increase[step] as number) += between;
      (knownMs[step] as number) += firstMs - beforeMs;
    }
    (increase[step] as number) += parts.increase[at] as number;
    (knownMs[step] as number) += lastMs - firstMs - (parts.unknownMs[at] as number);
    before = parts.last[at] as number;
    beforeMs = lastMs;
  }
  const divisor = 10 ** parts.scale;
  const known = (value: (step: number) => number) =>
    Array.from(knownMs, (ms, step) => (ms > 0 ? value(step) / divisor : null));
  return {
    field,
    kind: 'counter',
    increase: known((step) => increase[step] as number),
    rate: known((step) => ((increase[step] as number) * 1000) / (knownMs[step] as number)),
  };
}
