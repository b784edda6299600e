import { firstAt } from '../frame/first-at.ts';
import type { FieldParts, Pieces } from './rollup.ts';

/** The pieces that begin in a time, both ends included. */
export function piecesWithin(pieces: Pieces, from: number, to: number): Pieces {
  const first = firstAt(pieces.firstMs, from);
  const end = firstAt(pieces.firstMs, to + 1);
  const cut = (values: Float64Array) => values.subarray(first, end);
  return {
    firstMs: cut(pieces.firstMs),
    lastMs: cut(pieces.lastMs),
    samples: cut(pieces.samples),
    fields: pieces.fields,
    field(name) {
      const field = pieces.field(name);
      return field && cutField(field, cut);
    },
  };
}

function cutField(field: FieldParts, cut: (values: Float64Array) => Float64Array): FieldParts {
  if (field.kind === 'gauge') {
    const { min, max, sum, counts } = field.parts;
    return { ...field, parts: { ...field.parts, min: cut(min), max: cut(max), sum: cut(sum), counts: cut(counts) } };
  }
  const { first, last, increase, firstMs, lastMs, unknownMs } = field.parts;
  const values = { first: cut(first), last: cut(last), increase: cut(increase) };
  const times = { firstMs: cut(firstMs), lastMs: cut(lastMs), unknownMs: cut(unknownMs) };
  return { ...field, parts: { ...field.parts, ...values, ...times } };
}
