const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 60;

/**
 * Milliseconds to wait after so many failures in a row: exponential with full jitter, so that a fleet whose server was
 * away does not come back all at once; and never less than the server asked for.
 * @param random from 0 to 1
 * @param retryAfter seconds
 */
export function backoff(failures: number, random: number, retryAfter = 0): number {
  const ceiling = Math.min(FIRST_SECONDS * 2 ** (failures - 1), LONGEST_SECONDS);
  return Math.round((retryAfter + random * ceiling) * 1000);
}
