const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Milliseconds to wait after so many failures in a row: exponential with full jitter, so that a fleet whose server was
 * away does not come back all at once.
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number, longestMs = LONGEST_MS): number {
  return Math.round(random * Math.min(FIRST_MS * 2 ** (failures - 1), longestMs));
}
