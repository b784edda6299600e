import type { Log } from '@perfcollector/cli';
import type { SampleLine } from '@perfcollector/collection';
import {
  type HostReader,
  type OpenSource,
  ParseError,
  type RawText,
  type SamplingSettings,
  type Source,
  SourceError,
} from '@perfcollector/procfs';

export interface SamplerSetup {
  readonly host: HostReader;
  readonly sources: readonly Source[];
  readonly settings: SamplingSettings;
  readonly log: Log;
}

/**
 * How long a source that cannot be read is left alone, twice as long after each failure: making and throwing the error
 * costs more than a read, but what comes back soon is not to be missed for long.
 */
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [1000, 60_000];

/** Reads a host's sources, one after the other, tick after tick. What goes wrong with one is said once. */
export class Sampler {
  readonly #opened: readonly Opened[];
  readonly #log: Log;
  readonly #said = new Set<string>();
  /** Names of sources that this host does not have, as they were found out. */
  readonly #absent = new Set<string>();
  /** So many of them were told. */
  #absentTold = 0;

  constructor({ host, sources, settings, log }: SamplerSetup) {
    this.#log = log;
    this.#opened = sources.flatMap((source) => {
      const open = source.open?.(host, settings);
      return open ? [{ source, open, restUntil: 0, rest: FIRST_RETRY_MS }] : [];
    });
  }

  /** Puts every source's fields into a line. A source that cannot be read costs its own fields and nothing else. */
  async sampleInto(line: SampleLine): Promise<void> {
    const now = performance.now();
    for (const opened of this.#opened) {
      if (opened.restUntil > now) continue;
      const mark = line.mark();
      try {
        const pending = opened.open.sample(line, this.#report);
        if (pending) await pending; // only a source that waits for another process is worth a turn of the event loop
        opened.rest = FIRST_RETRY_MS;
      } catch (error) {
        line.rollback(mark);
        this.#excuse(opened, error);
      }
    }
    this.#tellAbsent();
  }

  /** The kernel's own texts of the sources that perfcollector2 knows. */
  async rawTexts(): Promise<readonly RawText[]> {
    const texts: RawText[] = [];
    for (const opened of this.#opened) {
      if (!opened.open.rawTexts || opened.restUntil > performance.now()) continue;
      try {
        texts.push(...(await opened.open.rawTexts()));
      } catch (error) {
        this.#excuse(opened, error);
      }
    }
    this.#tellAbsent();
    return texts;
  }

  close(): void {
    for (const { open } of this.#opened) open.close();
  }

  readonly #report = (problem: string): void => this.#say(problem);

  #excuse(opened: Opened, error: unknown): void {
    const { name } = opened.source;
    if (error instanceof ParseError) {
      this.#say(`${name} is left out: ${error.message}`);
    } else if (error instanceof SourceError) {
      opened.restUntil = performance.now() + opened.rest;
      opened.rest = Math.min(opened.rest * 2, LONGEST_RETRY_MS);
      if (error.reason === 'unavailable') this.#absent.add(name);
      else this.#say(`${name} is left out: ${error.message}`);
    } else throw error;
  }

  /** Most hosts lack several: one line names all that a tick found missing. */
  #tellAbsent(): void {
    if (this.#absent.size === this.#absentTold) return;
    const names = [...this.#absent].slice(this.#absentTold).sort();
    this.#absentTold = this.#absent.size;
    this.#log.info(`not available here: ${names.join(', ')} (pcc sources tells why)`);
  }

  #say(message: string): void {
    // A damaged text is another one at every tick: what was got of it does not make the message a new one.
    const [fault = message] = message.split(': got ', 1);
    if (this.#said.has(fault)) return;
    this.#said.add(fault);
    this.#log.warn(message);
  }
}

interface Opened {
  readonly source: Source;
  readonly open: OpenSource;
  /** On the monotonic clock, milliseconds. */
  restUntil: number;
  /** How long it would be left alone now, milliseconds. */
  rest: number;
}
