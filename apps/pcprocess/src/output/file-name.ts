import { createHash } from 'node:crypto';

/** Longest file name, in bytes, that every Linux file system takes, less what is put behind it. */
const LONGEST_NAME = 200;

/** What stands beside the tables. */
const TAKEN = /^(?:quality|events)$/i;

/** A file name for a machine's identifier, whatever characters a foreign collection put into it; without an ending. */
export function fileNameOf(machine: string): string {
  const name = safeName(machine, LONGEST_NAME);
  return TAKEN.test(name) ? `%${machine.charCodeAt(0).toString(16)}${name.slice(1)}` : name;
}

/** Of any text a file name, or a part of one, that no other text has. @param longest in bytes; behind it a hash takes 17 more */
export function safeName(text: string, longest: number): string {
  const name = encodeURIComponent(text.toWellFormed()).replace(/^\./, '%2E') || '%'; // a lone % is no other's name
  if (name.length <= longest) return name;
  return `${name.slice(0, longest)}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
