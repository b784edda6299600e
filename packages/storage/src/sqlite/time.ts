export const SECOND_MS = 1000;
export const HOUR_MS = 3600 * SECOND_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Milliseconds. */
export interface Clock {
  /** Unix time; it may be set, forth and back. */
  now(): number;
  /** How time goes by, from any beginning; nobody sets it. What waits for a while waits by this one. */
  elapsed(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** When the hour of a moment begins (UTC); Unix milliseconds. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}
