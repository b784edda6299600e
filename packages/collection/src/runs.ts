import type { Header } from './lines.ts';
import type { Entry } from './read-collection.ts';

/** The runs of a collection as they come by: which machine a line is of, and what its run's header said. */
export class Runs {
  readonly #headers: Map<string, Header>;
  #newest: Header | undefined;

  /** @param known headers of an earlier reading: where lines were shuffled, some stand behind their run's samples */
  constructor(known: Iterable<Header> = []) {
    this.#headers = new Map(Array.from(known, (header) => [header.run, header]));
  }

  /** Of the runs seen so far, in the order of their first headers. */
  get headers(): readonly Header[] {
    return [...this.#headers.values()];
  }

  /** Takes note of an entry; headers are what it remembers. */
  add(entry: Entry): void {
    if (entry.kind !== 'header') return;
    this.#headers.set(entry.value.run, entry.value);
    this.#newest = entry.value;
  }

  /** The header of the entry's own run; for foreign lines, which name no run, the one above them. */
  headerOf({ value }: Entry): Header | undefined {
    return this.headerOfRun('run' in value ? value.run : undefined);
  }

  /** @param run undefined of foreign lines */
  headerOfRun(run: string | undefined): Header | undefined {
    return run === undefined ? this.#newest : this.#headers.get(run);
  }

  /** What the entry says itself, else its run's header; undefined where neither says it. */
  machineOf(entry: Entry): string | undefined {
    const tagged = entry.kind === 'sample' ? entry.value.tags?.machine_id : undefined;
    return tagged ?? this.headerOf(entry)?.identifier;
  }
}
