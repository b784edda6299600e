import { formatBytes, formatTime } from '@perfcollector/cli';

/** How many disks and interfaces are listed; `--json` has all. */
const LISTED = 8;

/** The facts of a host as a header holds them, for people: a row a fact, in the header's order. Foreign headers may hold anything. */
export function hostRows(host: unknown): [name: string, text: string][] {
  if (typeof host !== 'object' || host === null) return [];
  return Object.entries(host).flatMap(([name, value]) => rowsOf(name, value));
}

function rowsOf(name: string, value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [[title(name), factText(name, value)]];
  const rows = value
    .slice(0, LISTED)
    .map((one, at): [string, string] => [at === 0 ? title(name) : '', factText(name, one)]);
  return value.length > LISTED ? [...rows, ['', `and ${value.length - LISTED} more`]] : rows;
}

function title(name: string): string {
  return name.replace(/_(kib|bytes)$/, '').replaceAll('_', ' ');
}

function factText(name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) return objectText(value);
  if (typeof value === 'number' && name.endsWith('_time')) return formatTime(value);
  if (typeof value === 'number' && name.endsWith('bytes')) return formatBytes(value);
  if (typeof value === 'number' && name.endsWith('kib')) return formatBytes(value * 1024);
  return String(value);
}

/** `sda: size 512.0 GiB, rotational false` */
function objectText(value: object): string {
  const { name, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest).map(([key, one]) => `${title(key)} ${factText(key, one)}`);
  return name === undefined ? parts.join(', ') : [`${name}:`, parts.join(', ')].join(' ').trimEnd();
}
