/** Longest command line that a label holds, in characters. */
const LONGEST = 4096;

/** A command with its arguments as one line that a shell would take; cut where it is very long. */
export function commandLine(words: readonly string[]): string {
  const line = words.map(quoted).join(' ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
