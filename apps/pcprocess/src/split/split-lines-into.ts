import { explicitContent, type HeaderLine, type PlacedLine } from '../input/placed-lines.ts';
import { sampleLine } from '../input/raw-samples.ts';
import type { Part, Parts } from './parts.ts';

/** Puts each line into its part, behind the header of its run. */
export class LineSplitter {
  readonly #parts: Parts;
  /** Headers that no line has followed yet. */
  readonly #unused = new Map<string, PlacedLine>();
  readonly #used = new Set<string>();
  /** Raw lines that would have had to become samples and have no field. */
  leftOut = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async add(line: PlacedLine): Promise<void> {
    const { kind, value } = line.line;
    if (kind === 'header') {
      if (!this.#used.has(value.run)) this.#unused.set(value.run, line);
      return;
    }
    const part = this.#parts.for(line);
    if (line.header) await this.#addHeader(part, line.header, kind === 'raw');
    const content = this.#contentFor(part, line);
    if (!content) return;
    part.machines.add(line.machine);
    if (kind === 'sample') part.samples += 1;
    else if (kind === 'event') part.events += 1;
    else part.raw_lines += 1;
    await this.#write(part, content);
  }

  /** Runs without a line have headers all the same. */
  async finish(): Promise<void> {
    for (const line of this.#unused.values()) {
      const part = this.#parts.for(line);
      if (line.header) await this.#addHeader(part, line.header, false);
      part.machines.add(line.machine);
    }
  }

  /** Raw lines belong to the header above them, whichever else the part has; other lines say which is theirs. */
  async #addHeader(part: Part, { value: { run }, content }: HeaderLine, isAbove: boolean): Promise<void> {
    this.#unused.delete(run);
    this.#used.add(run);
    if (isAbove ? [...part.runs].at(-1) === run : part.runs.has(run)) return;
    part.runs.delete(run);
    part.runs.add(run);
    await this.#write(part, content);
  }

  /** A raw line that no header stood above must not come behind one: there it says itself whose it is, as a sample. */
  #contentFor(part: Part, line: PlacedLine): Buffer | undefined {
    if (line.line.kind !== 'raw' || line.header || part.runs.size === 0) return explicitContent(line);
    const { fields } = line;
    if (fields && Object.keys(fields).length > 0) return sampleLine(line, fields).content;
    this.leftOut += 1;
    return undefined;
  }

  async #write({ writer }: Part, content: Buffer): Promise<void> {
    const wait = writer.add(content);
    if (wait) await wait;
    await this.#parts.added(content.length);
  }
}
