import { parseDuration } from './duration.ts';
import { type Option, option } from './option.ts';

/** A moment: Unix seconds, a date (`2026-01-09T18:10:48`, UTC where it names no zone), or how long ago (`-24h`). Its value is Unix seconds. */
export function when(declaration: { flag: string; about: string }): Option<number | undefined> {
  return option({ ...declaration, parse: (text) => parseWhen(text, Date.now()) });
}

function parseWhen(text: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : undefined;
  if (ago !== undefined && Number.isFinite(ago)) return (nowMs - ago) / 1000;
  const hasZone = !text.includes('T') || /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const date = /^\d{4}-/.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (!Number.isNaN(date)) return date / 1000;
  throw new Error(
    `${JSON.stringify(text)} is no time; expected Unix seconds, a date (2026-01-09T18:10:48Z), or how long ago (-24h)`,
  );
}
