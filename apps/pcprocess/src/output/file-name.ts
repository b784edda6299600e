import { createHash } from 'node:crypto';

/** Longest file name, in bytes, that every Linux file system takes, less what is put behind it. */
const LONGEST_NAME = 200;

/** What stands beside the tables. */
const TAKEN = /^(?:quality|events)$/i;

/** A file name for a machine's identifier, whatever characters a foreign collection put into it; without an ending. */
export function fileNameOf(machine: string): string {
  const name = encodeURIComponent(machine.toWellFormed()).replace(/^\./, '%2E') || '%'; // a lone % is no other's name
  if (TAKEN.test(name)) return `%${machine.charCodeAt(0).toString(16)}${name.slice(1)}`;
  if (name.length <= LONGEST_NAME) return name;
  const hash = createHash('sha256').update(machine).digest('hex').slice(0, 16);
  return `${name.slice(0, LONGEST_NAME)}-${hash}`;
}
