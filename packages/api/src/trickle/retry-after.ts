/** A server that asks for more is not believed: its clock may be wrong, or its configuration. */
const LONGEST_SECONDS = 3600;

/** Seconds that a Retry-After header asks for, as a number or a date; undefined where it is neither. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_SECONDS);
}
