import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatDuration, option, parseDuration, parseSize } from '@perfcollector/cli';

/** When a collection file is finished and the next one begins. */
export type Rotation = { readonly bytes: number } | { readonly ms: number };

const LEAST_BYTES = 4096;
const LEAST_MS = 1000;

export const rotateOption = option({
  flag: '--rotate <limit>',
  env: 'PCC_ROTATE',
  about:
    'Local mode: begin a new file at this size (64MiB) or at whole multiples of this time (24h); the finished one gets the time of its start in its name and is packed.',
  parse: parseRotation,
});

function parseRotation(text: string): Rotation {
  const bytes = parseSize(text);
  if (bytes !== undefined) {
    if (bytes < LEAST_BYTES) throw new Error(`${text} is too small; expected 4KiB or more`);
    return { bytes };
  }
  const ms = parseDuration(text);
  if (ms === undefined || ms === Number.POSITIVE_INFINITY)
    throw new Error(`${JSON.stringify(text)} is no size or duration; expected one such as 64MiB or 24h`);
  if (ms < LEAST_MS) throw new Error(`${text} is too short; expected ${formatDuration(LEAST_MS)} or more`);
  return { ms };
}

/** @param began when the file's content begins @param now both in Unix milliseconds */
export function isDue(rotation: Rotation, { size, began }: { size: number; began: number }, now: number): boolean {
  if (size === 0) return false;
  if ('bytes' in rotation) return size >= rotation.bytes;
  return Math.floor(now / rotation.ms) !== Math.floor(began / rotation.ms);
}

/** How the finished parts of a collection are called: `pcc.json` → `pcc-20260109T181048Z.json`, later `….json.zst`. */
export class PartNames {
  readonly directory: string;
  readonly #stem: string;
  readonly #ending: string;

  constructor(path: string) {
    this.directory = dirname(path);
    const [, stem = '', ending = ''] = /^(.+?)((?:\.[^.]+)?(?:\.(?:gz|zst))?)$/.exec(basename(path)) ?? [];
    this.#stem = stem;
    this.#ending = ending;
  }

  /** A path that nothing has, packed or not. */
  free(began: number): string {
    const stamp = new Date(began).toISOString().replace(/[-:]|\.\d+/g, '');
    for (let count = 0; ; count++) {
      const name = `${this.#stem}-${stamp}${count === 0 ? '' : `-${count}`}${this.#ending}`;
      const path = join(this.directory, name);
      if (!existsSync(path) && !existsSync(packedName(path)) && !existsSync(unfinishedName(path))) return path;
    }
  }

  /** Whether a name in the directory is that of a part which is not packed. */
  isPlainPart(name: string): boolean {
    const inner = name.slice(this.#stem.length, name.length - this.#ending.length);
    return name === `${this.#stem}${inner}${this.#ending}` && /^-\d{8}T\d{6}Z(-\d+)?$/.test(inner);
  }

  /** Whether a name is that of a part whose packing was broken off. */
  isUnfinished(name: string): boolean {
    const part = /^\.(.+)\.zst\.tmp$/.exec(name)?.[1];
    return part !== undefined && this.isPlainPart(part);
  }
}

export function packedName(part: string): string {
  return `${part}.zst`;
}

/** Begins with a dot, so that no `pcc*` of a shell names a file that is not whole. */
export function unfinishedName(part: string): string {
  return join(dirname(part), `.${basename(part)}.zst.tmp`);
}
