/** Lays rows out in aligned columns; numbers to the right. The first row is the heading. */
export function formatTable(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, String(cell).length);
  }
  const isRight = widths.map((_, at) => rows.slice(1).every((row) => typeof row[at] === 'number'));
  const lines = rows.map((row) => {
    const cells = row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return isRight[at] && rows.length > 1 ? String(cell).padStart(width) : String(cell).padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.4 MiB` */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), BYTE_UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** `2026-01-09 18:10:48` in UTC, or `never`. @param seconds Unix time */
export function formatTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return 'never';
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `1 sample`, `2 samples` */
export function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
