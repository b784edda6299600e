import { formatBytes, formatDuration } from '@perfcollector/cli';

/** What stands for a number that there is not. */
export const NONE = '-';

/** `12.3%` */
export function percent(value: number | undefined): string {
  return value === undefined ? NONE : `${value.toFixed(1)}%`;
}

/** `12%` */
export function wholePercent(value: number | undefined): string {
  return value === undefined ? NONE : `${Math.round(value)}%`;
}

/** `1.4 MiB` */
export function bytes(value: number | undefined): string {
  return value === undefined ? NONE : formatBytes(Math.round(value));
}

/** `1.4 MiB/s` */
export function bytesPerSecond(value: number | undefined): string {
  return value === undefined ? NONE : `${bytes(value)}/s`;
}

/** `1.4M`: for where there is little room. */
export function shortBytes(value: number | undefined): string {
  return bytes(value)
    .replace(/ ([KMGTP])iB$/, '$1')
    .replace(/ B$/, '');
}

const MINUTE_MS = 60_000;

/** A time that goes by: `1m5s`, and from an hour on without seconds, `23h59m`. */
export function passing(ms: number): string {
  const unit = ms < 60 * MINUTE_MS ? 1000 : MINUTE_MS;
  return formatDuration(Math.floor(ms / unit) * unit);
}
