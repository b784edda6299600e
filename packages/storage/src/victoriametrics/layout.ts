/**
 * How samples lie in an engine that holds float64 values at milliseconds, under labels, and nothing else.
 *
 * A field is a metric of its own name behind a prefix, which is what people query: `perfcollector_cpu_user`. It has the
 * labels `tenant`, `machine` and, where the sample names one, `run`. Only values that the engine gives back exactly stand
 * there (see exact-number.ts); others have the label `scale`, so that they spoil no neighbour, and `exact` beside. After its
 * clock was set back a run goes on in series of their own, with the label `clock`.
 *
 * The rest has a colon behind the prefix, which no field has:
 * - `seq` and `unnumbered` mark each sample: its number in its run, or that it has none (then the end of its
 *   milliseconds). Two marks that follow each other differ, unless one sample came twice.
 * - `shape` says which fields a sample has, in their order, and its other members. A sample without a shape is half of
 *   one that was never acknowledged, and is not given back.
 * - `exact` holds the two 32-bit halves of what float64 at a common decimal scale cannot hold.
 * - `text` holds fields that are texts; `event` and `header` the lines that are none of numbers; `line` samples that
 *   cannot be taken apart. Texts stand in labels, in parts.
 * - `run` says when a run started; `received` when something of a machine came, by pcd's clock, and how many samples.
 */
export const FIELD_PREFIX = 'perfcollector_';

export const METRIC = {
  seq: 'perfcollector:seq',
  unnumbered: 'perfcollector:unnumbered',
  shape: 'perfcollector:shape',
  exact: 'perfcollector:exact',
  text: 'perfcollector:text',
  event: 'perfcollector:event',
  header: 'perfcollector:header',
  line: 'perfcollector:line',
  run: 'perfcollector:run',
  received: 'perfcollector:received',
} as const;

/** An expression of the engine's kind, RE2, that a label has to match from end to end. */
export interface Pattern {
  readonly re2: string;
}

/** Every series of ours. */
export const ANY_METRIC: Pattern = { re2: 'perfcollector[_:](?s:.*)' };
/** Those that samples and events are put together from. */
export const COLLECTED_METRIC: Pattern = {
  re2: 'perfcollector(_(?s:.*)|:(seq|unnumbered|shape|exact|text|event|line))',
};
/** Those of them that tell how much a time holds. */
export const COUNTED_METRIC: Pattern = { re2: 'perfcollector:(seq|unnumbered|text|event|line)' };
/** One point a sample. */
export const SAMPLE_METRIC: Pattern = { re2: 'perfcollector:(seq|unnumbered)' };

/**
 * The engine cuts label values off without a word, or drops their series: at 16 KiB in older versions, at 1 KiB in some
 * newer ones.
 */
const LONGEST_LABEL = 1000;

export type Labels = Readonly<Record<string, string | undefined>>;

/** Whether a name can be a label as it is. Three characters have a meaning in the engine's index, and its expressions miss them. */
export function fitsLabel(name: string): boolean {
  if (name === '' || !name.isWellFormed() || /[\u0000-\u0002]/.test(name)) return false;
  return Buffer.byteLength(name) <= LONGEST_LABEL;
}

/** A text in pieces that each fit a label; together they are the text. */
export function splitForLabels(text: string): string[] {
  const isAscii = Buffer.byteLength(text) === text.length;
  return isAscii ? splitAscii(text) : splitByCharacter(text);
}

function splitAscii(text: string): string[] {
  const count = Math.max(1, Math.ceil(text.length / LONGEST_LABEL));
  return Array.from({ length: count }, (_, at) => text.slice(at * LONGEST_LABEL, (at + 1) * LONGEST_LABEL));
}

function splitByCharacter(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of text) {
    const more = Buffer.byteLength(character);
    if (bytes + more > LONGEST_LABEL) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += more;
  }
  return [...parts, part];
}
