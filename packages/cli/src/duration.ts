const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Examples for messages and help. */
export const DURATION_EXAMPLES = '250ms 15s 1h30m 24h infinity';

/**
 * Reads a duration as Go writes it (`250ms`, `1h30m`, `1.5s`), and `7d`, and `infinity`.
 * Returns milliseconds, or undefined when it is none.
 */
export function parseDuration(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = text.matchAll(/([\d.]+)([^\d.]+)/g);
  return Array.from(parts).reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? Number.NaN),
    0,
  );
}

/** The same the other way round, in the largest whole units: `1h30m`, `250ms`. */
export function formatDuration(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'infinity';
  let rest = Math.round(ms);
  const parts = ['h', 'm', 's', 'ms'].map((unit) => {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0s';
}
