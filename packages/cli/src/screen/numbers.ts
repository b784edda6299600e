/** How the screen writes numbers: short, and `-` for one that does not exist. */

export const NONE = '-';

export function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? NONE : value.toFixed(digits);
}

/** Percent, without its sign. */
export function percent(value: number | undefined): string {
  return fixed(value, 1);
}

/** A count a second: `0.5`, `12`, `3400`. */
export function perSecond(value: number | undefined): string {
  if (value === undefined || value === 0) return fixed(value, 0);
  return fixed(value, value < 9.95 ? 1 : 0);
}

/** Millions: of bytes a second, MB/s. */
export function millions(value: number | undefined): string {
  return fixed(value === undefined ? undefined : value / 1e6, 2);
}

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Bytes in powers of 1024: `512B`, `1.5G`. */
export function size(bytes: number | undefined): string {
  if (bytes === undefined) return NONE;
  let power = 0;
  let value = bytes;
  for (; value >= 999.95 && power < UNITS.length - 1; power += 1) value /= 1024;
  return `${value.toFixed(power > 0 && value < 99.95 ? 1 : 0)}${UNITS[power]}`;
}

/** A time since boot: `12d03h`, `3h05m`, `5m09s`. */
export function uptime(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600)];
  const minutes = Math.floor(seconds / 60);
  if (days > 0) return `${days}d${pad(hours % 24)}h`;
  return hours > 0 ? `${hours}h${pad(minutes % 60)}m` : `${minutes}m${pad(Math.floor(seconds) % 60)}s`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
