import type { TimeRange } from '../store.ts';
import type { Span } from './engine.ts';

const DAY_MS = 86_400_000;
/** The engine looks nowhere before its epoch, and a span's beginning is asked for a little earlier: 1971. */
const EARLIEST_MS = 365 * DAY_MS;
/** The engine takes nothing that lies further in the future than two days. */
const AHEAD_MS = 2 * DAY_MS;

/** Everything that may be stored, or the part of it that lies in a range. */
export function spanOf({ from, to }: TimeRange): Span {
  const latest = Date.now() + AHEAD_MS;
  return {
    from: Math.max(EARLIEST_MS, from === undefined ? EARLIEST_MS : Math.round(from * 1000)),
    to: Math.min(latest, to === undefined ? latest : Math.round(to * 1000)),
  };
}
