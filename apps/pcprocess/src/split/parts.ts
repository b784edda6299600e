import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@perfcollector/cli';
import { type PlacedLine, runOf } from '../input/placed-lines.ts';
import { CollectionWriter } from '../output/collection-writer.ts';
import { type Key, nameParts } from './part-name.ts';

/** A collection in the making, and what it holds. */
export interface Part {
  readonly writer: CollectionWriter;
  readonly path: string;
  /** Runs whose header it has, the last one last. */
  readonly runs: Set<string>;
  readonly machines: Set<string>;
  samples: number;
  events: number;
  raw_lines: number;
}

export interface PartsSetup {
  readonly keys: readonly Key[];
  readonly directory: string;
  /** The name of parts that nothing tells apart but their number. */
  readonly stem: string;
  /** What file names end in: `.json.zst`. */
  readonly extension: string;
  /** With the key `size`: bytes of lines of one part. */
  readonly bytes: number;
}

/** More files than anybody wants; a mistake in the choice of the key would fill the directory. */
const MOST_PARTS = 10_000;
/** What may wait in memory for pieces to be whole, all parts together. */
const MOST_HELD = 32 * 1024 * 1024;

/** The parts of a collection that is being split. */
export class Parts {
  readonly #setup: PartsSetup;
  readonly #current = new Map<string, Part>();
  readonly #byName = new Map<string, Part>();
  #addedBytes = 0;

  constructor(setup: PartsSetup) {
    this.#setup = setup;
  }

  get all(): readonly Part[] {
    return [...this.#byName.values()];
  }

  /** The part in which a line belongs. @throws UserError where it cannot be made */
  for(line: PlacedLine): Part {
    const { keys, bytes, stem } = this.#setup;
    const name = nameParts(line, keys, stem);
    const key = JSON.stringify([name, keys.includes('run') && (runOf(line.line) ?? line.header?.value.run)]);
    const part = this.#current.get(key);
    if (part && !(keys.includes('size') && part.writer.bytes >= bytes)) return part;
    const next = this.#begin(name.join('-'));
    this.#current.set(key, next);
    return next;
  }

  /** Keeps what waits in memory from growing with the number of parts. */
  async added(bytes: number): Promise<void> {
    this.#addedBytes += bytes;
    if (this.#addedBytes < MOST_HELD) return;
    this.#addedBytes = 0;
    for (const { writer } of this.all) if (writer.heldBytes > 0) await writer.flush();
  }

  /** All parts take their names. @throws UserError where one cannot be written */
  async finish(): Promise<void> {
    for (const { writer } of this.all) await writer.settle();
    for (const { writer } of this.all) await writer.finish();
  }

  async discard(): Promise<void> {
    for (const { writer } of this.all) await writer.discard();
  }

  #begin(stem: string): Part {
    const { directory } = this.#setup;
    if (this.#byName.size >= MOST_PARTS)
      throw new UserError('MANY_PARTS', `this makes more than ${MOST_PARTS} parts`, { hint: 'Choose a coarser --by.' });
    const name = this.#freeName(stem);
    const path = join(directory, name);
    if (existsSync(path))
      throw new UserError('EXISTS', `${path} is there already`, {
        hint: 'Choose an empty directory, or move it away.',
      });
    const part = {
      writer: CollectionWriter.openPart(path),
      path,
      runs: new Set<string>(),
      machines: new Set<string>(),
    };
    const counted: Part = { ...part, samples: 0, events: 0, raw_lines: 0 };
    this.#byName.set(name, counted);
    return counted;
  }

  /** Parts of one size are numbered; two runs whose ids begin alike are, too. */
  #freeName(stem: string): string {
    const { extension, keys } = this.#setup;
    if (!keys.includes('size') && !this.#byName.has(stem + extension)) return stem + extension;
    for (let number = keys.includes('size') ? 1 : 2; ; number += 1) {
      const name = `${stem}-${String(number).padStart(4, '0')}${extension}`;
      if (!this.#byName.has(name)) return name;
    }
  }
}
