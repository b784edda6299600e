import { POWERS } from '../frame/decimal.ts';
import type { CounterParts } from './counter.ts';
import type { GaugeParts } from './gauge.ts';
import type { FieldParts, Pieces } from './rollup.ts';

/** Pieces of several sources as one, by time. A field that one of them lacks is absent there. */
export function joinPieces(sources: readonly Pieces[]): Pieces {
  const [only] = sources;
  if (only && sources.length === 1) return only;
  const ordered = sources
    .filter(({ firstMs }) => firstMs.length > 0)
    .toSorted((a, b) => (a.firstMs[0] ?? 0) - (b.firstMs[0] ?? 0));
  const join = joiner(ordered.map(({ firstMs }) => firstMs));
  return {
    firstMs: join(ordered.map(({ firstMs }) => firstMs)),
    lastMs: join(ordered.map(({ lastMs }) => lastMs)),
    samples: join(ordered.map(({ samples }) => samples)),
    fields: [...new Set(ordered.flatMap(({ fields }) => fields))],
    field: (name) => joinField(ordered, name, join),
  };
}

/** One array for each source, as one. */
type Join = (arrays: readonly Float64Array[]) => Float64Array;

/** Most sources come one behind the other. Samples that wait may lie before some that are sealed, and behind others. */
function joiner(times: readonly Float64Array[]): Join {
  const all = joined(times);
  if (all.every((ms, at) => at === 0 || (all[at - 1] as number) <= ms)) return joined;
  const order = Uint32Array.from(all.keys()).sort((a, b) => (all[a] as number) - (all[b] as number));
  return (arrays) => {
    const values = joined(arrays);
    return Float64Array.from(order, (at) => values[at] as number);
  };
}

function joinField(sources: readonly Pieces[], name: string, join: Join): FieldParts | undefined {
  const found = sources.map((source) => source.field(name));
  const lengths = sources.map(({ firstMs }) => firstMs.length);
  const one = found.find((field) => field !== undefined);
  if (!one) return undefined;
  if (one.kind === 'gauge') {
    const parts = found.map((field) => (field?.kind === 'gauge' ? field.parts : undefined));
    return { kind: 'gauge', parts: joinGauges(parts, lengths, join) };
  }
  const parts = found.map((field) => (field?.kind === 'counter' ? field.parts : undefined));
  return { ...one, parts: joinCounters(parts, lengths, join) };
}

function joinGauges(parts: readonly (GaugeParts | undefined)[], lengths: readonly number[], join: Join): GaugeParts {
  const scale = Math.max(...parts.map((part) => part?.scale ?? 0));
  const all = (name: 'min' | 'max' | 'sum') =>
    join(parts.map((part, at) => (part ? scaled(part[name], scale - part.scale) : nothing(lengths[at]))));
  const counts = join(parts.map((part, at) => part?.counts ?? new Float64Array(lengths[at] ?? 0)));
  return { scale, min: all('min'), max: all('max'), sum: all('sum'), counts };
}

function joinCounters(
  parts: readonly (CounterParts | undefined)[],
  lengths: readonly number[],
  join: Join,
): CounterParts {
  const scale = Math.max(...parts.map((part) => part?.scale ?? 0));
  const base = parts.find((part) => part && part.base !== 0n)?.base ?? 0n;
  const value = (name: 'first' | 'last') =>
    join(
      parts.map((part, at) => {
        if (!part) return nothing(lengths[at]);
        const moved = scaled(part[name], scale - part.scale);
        return part.base === base ? moved : moved.map((one) => one + Number(part.base - base));
      }),
    );
  const time = (name: 'firstMs' | 'lastMs' | 'unknownMs') =>
    join(parts.map((part, at) => part?.[name] ?? nothing(lengths[at])));
  return {
    scale,
    base,
    first: value('first'),
    last: value('last'),
    increase: join(parts.map((part, at) => (part ? scaled(part.increase, scale - part.scale) : nothing(lengths[at])))),
    firstMs: time('firstMs'),
    lastMs: time('lastMs'),
    unknownMs: time('unknownMs'),
  };
}

function nothing(length = 0): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

function scaled(values: Float64Array, digits: number): Float64Array {
  return digits === 0 ? values : values.map((value) => value * (POWERS[digits] as number));
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
