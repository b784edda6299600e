import { type PlacedLine, runOf } from '../input/placed-lines.ts';
import { safeName } from '../output/file-name.ts';

/** What parts are told apart by. */
export const KEYS = ['machine', 'run', 'day', 'hour', 'size'] as const;
export type Key = (typeof KEYS)[number];

/** Longest file name that every file system takes, less what is put behind it. */
const LONGEST = 150;
/** So many characters of a run's id tell it from others, nearly always. */
const RUN_LETTERS = 8;

/**
 * What the name of the part is made of in which a line belongs; `size` says nothing of a line.
 * @param stem where nothing else is said
 */
export function nameParts(line: PlacedLine, keys: readonly Key[], stem: string): string[] {
  const parts = keys.flatMap((key) => {
    if (key === 'machine') return [safeName(line.machine, LONGEST)];
    if (key === 'run') return [...(keys.includes('machine') ? [] : [safeName(line.machine, LONGEST)]), runName(line)];
    if (key === 'day') return [isoOf(line.time).slice(0, 10)];
    return key === 'hour' ? [`${isoOf(line.time).slice(0, 13)}Z`] : [];
  });
  return parts.length > 0 ? parts : [safeName(stem, LONGEST)];
}

/** When the run started and the beginning of its id; what names no run is together. */
function runName({ line, header }: PlacedLine): string {
  const run = runOf(line) ?? header?.value.run;
  if (run === undefined) return 'without-run';
  const started = header && isoOf(header.value.started).slice(0, 19).replaceAll(/[-:]/g, '');
  return `${started === undefined ? '' : `${started}Z-`}${safeName(run.slice(0, RUN_LETTERS), LONGEST)}`;
}

/** In UTC. The largest timestamp that a line may have is a date. */
function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
