import { tableOf } from '../chunk/chunk.ts';
import { fieldMatcher } from '../field-pattern.ts';
import type { FieldKind } from '../rollup/field-kind.ts';
import { joinPieces } from '../rollup/join.ts';
import { type Pieces, piecesOfSamples } from '../rollup/rollup.ts';
import { seriesOf } from '../rollup/steps.ts';
import { piecesWithin } from '../rollup/within.ts';
import { MOST_SERIES, type Resolution, type SeriesReply, type SeriesRequest, StoreError } from '../store.ts';
import type { ReadTables } from './reading.ts';
import type { RollupSeconds, Rollups } from './rollups.ts';
import { inPieces } from './sealing.ts';
import { dayOf, SECOND_MS } from './time.ts';

export interface SeriesTables extends ReadTables {
  readonly rollups: Rollups;
  readonly kindOf: (field: string) => FieldKind;
}

const RESOLUTIONS: readonly { readonly name: Resolution; readonly seconds: 0 | RollupSeconds }[] = [
  { name: '1h', seconds: 3600 },
  { name: '5m', seconds: 300 },
  { name: '1m', seconds: 60 },
  { name: 'raw', seconds: 0 },
];

/**
 * How fields went over time, made from the coarsest roll-ups that are no longer than a step; called inside a transaction.
 * @throws DamagedError; StoreError (TOO_MANY) where more fields answer than may be asked for at once
 */
export function readSeries(tables: SeriesTables, machine: number, request: SeriesRequest): SeriesReply {
  const { stepMs, resolution, seconds } = stepFor(request);
  const from = stepOf(request.from, stepMs) * stepMs;
  const to = request.to * SECOND_MS;
  const pieces = piecesWithin(joinPieces(piecesFor(tables, machine, { from, to, seconds })), from, to);
  const count = Math.floor((to - from) / stepMs) + 1;
  const starts = Float64Array.from({ length: count }, (_, step) => from + step * stepMs);
  const bucketOf = Int32Array.from(pieces.firstMs, (ms) => Math.floor((ms - from) / stepMs));
  const matches = fieldMatcher(request.fields);
  const names = pieces.fields.filter(matches);
  if (names.length > MOST_SERIES)
    throw new StoreError('TOO_MANY', `${names.length} fields have such names; ask for at most ${MOST_SERIES} at once`);
  const series = names.flatMap((name) => {
    const field = pieces.field(name);
    return field ? [seriesOf(name, field, { bucketOf, count, starts })] : [];
  });
  return { step: stepMs / SECOND_MS, resolution, times: Array.from(starts, (ms) => ms / SECOND_MS), series };
}

/**
 * The shortest step that is a multiple of a resolution and gives no more points than are asked for. Steps begin at
 * multiples of their length, so a time may lie in one more of them than it is long.
 */
function stepFor({ from, to, points }: SeriesRequest) {
  const least = Math.max(1, Math.ceil(((to - from) * SECOND_MS) / points));
  const { name, seconds } = RESOLUTIONS.find((one) => one.seconds * SECOND_MS <= least) ?? { name: 'raw', seconds: 0 };
  const unit = seconds === 0 ? Math.min(SECOND_MS, least) : seconds * SECOND_MS;
  let stepMs = Math.ceil(least / unit) * unit;
  while (stepOf(to, stepMs) - stepOf(from, stepMs) >= points) stepMs += unit;
  return { stepMs, resolution: name, seconds } as const;
}

function stepOf(seconds: number, stepMs: number): number {
  return Math.floor((seconds * SECOND_MS) / stepMs);
}

interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly seconds: 0 | RollupSeconds;
}

/**
 * Where a day has no roll-up of this resolution yet, its minutes; where an hour has none, its samples. Each sample is in
 * one of them.
 */
function piecesFor(tables: SeriesTables, machine: number, wanted: Wanted): Pieces[] {
  const { rollups } = tables;
  const { from, to, seconds } = wanted;
  if (seconds === 0) return [...sealedPieces(tables, machine, wanted), ...waitingPieces(tables, machine, wanted)];
  const coarse = seconds === 60 ? [] : rollups.find(machine, seconds, { from, to });
  const days = new Set(coarse.map(({ first_ms }) => dayOf(first_ms)));
  const minutes = rollups.find(machine, 60, { from, to }).filter(({ first_ms }) => !days.has(dayOf(first_ms)));
  return [...[...coarse, ...minutes].map((ref) => rollups.open(ref)), ...waitingPieces(tables, machine, wanted)];
}

function sealedPieces({ chunks, kindOf }: SeriesTables, machine: number, { from, to }: Wanted): Pieces[] {
  return chunks.within(machine, from, to).map((ref) => piecesOfSamples(chunks.open(ref), kindOf));
}

function waitingPieces({ waiting, kindOf }: SeriesTables, machine: number, { from, to }: Wanted): Pieces[] {
  return Array.from(inPieces(waiting.read(machine, from, to)), (samples) => piecesOfSamples(tableOf(samples), kindOf));
}
