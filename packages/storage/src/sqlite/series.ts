import { tableOf } from '../chunk/chunk.ts';
import { fieldMatcher } from '../field-pattern.ts';
import type { FieldKind } from '../rollup/field-kind.ts';
import { joinPieces } from '../rollup/join.ts';
import { type Pieces, piecesOfSamples } from '../rollup/rollup.ts';
import { hasNumbers, seriesOf } from '../rollup/steps.ts';
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
  const [from, to] = [Math.round(request.from * SECOND_MS), Math.round(request.to * SECOND_MS)];
  const { stepMs, resolution, seconds } = stepFor({ from, to, points: request.points });
  const begin = Math.floor(from / stepMs) * stepMs;
  // A roll-up knows no part of its first bucket.
  const known = seconds === 0 ? from : begin;
  const pieces = piecesWithin(joinPieces(piecesFor(tables, machine, { from: known, to, seconds })), known, to);
  const count = Math.floor((to - begin) / stepMs) + 1;
  const starts = Float64Array.from({ length: count }, (_, step) => begin + step * stepMs);
  const bucketOf = Int32Array.from(pieces.firstMs, (ms) => Math.floor((ms - begin) / stepMs));
  const matches = fieldMatcher(request.fields);
  const names = pieces.fields.filter(matches);
  if (names.length > MOST_SERIES)
    throw new StoreError('TOO_MANY', `${names.length} fields have such names; ask for at most ${MOST_SERIES} at once`);
  const series = names.flatMap((name) => {
    const field = pieces.field(name);
    return field && hasNumbers(field) ? [seriesOf(name, field, { bucketOf, count, starts })] : [];
  });
  return { step: stepMs / SECOND_MS, resolution, times: Array.from(starts, (ms) => ms / SECOND_MS), series };
}

/**
 * The shortest step that is a multiple of a resolution and gives no more points than are asked for. Steps begin at
 * multiples of their length, so a time may lie in one more of them than it is long. Times are Unix milliseconds.
 */
function stepFor({ from, to, points }: { from: number; to: number; points: number }) {
  const least = Math.max(1, Math.ceil((to - from) / points));
  const { name, seconds } = RESOLUTIONS.find((one) => one.seconds * SECOND_MS <= least) ?? { name: 'raw', seconds: 0 };
  const unit = seconds === 0 ? Math.min(SECOND_MS, least) : seconds * SECOND_MS;
  let stepMs = Math.ceil(least / unit) * unit;
  while (Math.floor(to / stepMs) - Math.floor(from / stepMs) >= points) stepMs += unit;
  const coarsest = RESOLUTIONS.find((one) => one.seconds > 0 && stepMs % (one.seconds * SECOND_MS) === 0);
  return { stepMs, resolution: coarsest?.name ?? name, seconds: coarsest?.seconds ?? seconds } as const;
}

interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly seconds: 0 | RollupSeconds;
}

/**
 * What there is of a time: of each day its roll-up of this resolution; where it has none yet, its minutes; for samples, the
 * chunks. What was deleted already stands in coarser roll-ups, in the finest that there is. Each sample is in one of them.
 */
function piecesFor(tables: SeriesTables, machine: number, wanted: Wanted): Pieces[] {
  const { rollups, chunks, kindOf } = tables;
  const { from, to, seconds } = wanted;
  const span = { from, to };
  const days = seconds > 60 ? rollups.find(machine, seconds as RollupSeconds, span) : [];
  const daysDone = new Set(days.map(({ first_ms }) => dayOf(first_ms)));
  const sealed = seconds === 0 ? chunks.within(machine, from, to) : [];
  const sealedAt = new Set(sealed.map(({ first_ms }) => first_ms));
  const minutes = rollups
    .find(machine, 60, span)
    .filter(({ first_ms }) => !sealedAt.has(first_ms) && !daysDone.has(dayOf(first_ms)));
  for (const { first_ms } of [...sealed, ...minutes]) daysDone.add(dayOf(first_ms));
  const coarser = ([300, 3600] as const).flatMap((resolution) => {
    const found = rollups.find(machine, resolution, span).filter(({ first_ms }) => !daysDone.has(dayOf(first_ms)));
    for (const { first_ms } of found) daysDone.add(dayOf(first_ms));
    return found;
  });
  return [
    ...sealed.map((ref) => piecesOfSamples(chunks.open(ref), kindOf)),
    ...[...days, ...minutes, ...coarser].map((ref) => rollups.open(ref)),
    ...waitingPieces(tables, machine, wanted),
  ];
}

function waitingPieces({ waiting, kindOf }: SeriesTables, machine: number, { from, to }: Wanted): Pieces[] {
  return Array.from(inPieces(waiting.read(machine, from, to)), (samples) => piecesOfSamples(tableOf(samples), kindOf));
}
