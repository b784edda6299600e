import { describeField, type Fields, type RawText, type Source } from '@perfcollector/procfs';

/** More names than any machine has fields; they are only counted. */
const MOST_NAMES = 200_000;

/** Makes perfcollector2's texts of samples, and keeps the account of the fields that cannot stand in them. */
export class RawMaker {
  readonly #sources = new Map<string, Source | undefined>();
  readonly #leftOut = new Set<string>();

  /** The texts of those kernel files that can be written from the fields; what they say is what the fields say. */
  textsOf(fields: Fields): RawText[] {
    const bySource = new Map<Source | undefined, Fields>();
    for (const name of Object.keys(fields)) {
      const source = this.#sourceOf(name);
      const own = bySource.get(source) ?? {};
      bySource.set(source, own);
      own[name] = fields[name] as Fields[string];
    }
    return [...bySource].flatMap(([source, own]) => this.#textsOf(source, own));
  }

  /** How many fields were left out, by their source; null of what no source gives. */
  get leftOut(): Map<string | null, number> {
    const counts = new Map<string | null, number>();
    for (const name of this.#leftOut) {
      const source = this.#sourceOf(name)?.name ?? null;
      counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    return counts;
  }

  #textsOf(source: Source | undefined, own: Fields): RawText[] {
    const texts = (source?.rebuild?.(own) ?? []).filter((text) => isTrue(source, text, own));
    const said = new Set(texts.flatMap(({ text, subsystem }) => Object.keys(source?.parse?.(text, subsystem) ?? {})));
    for (const name in own) if (!said.has(name) && this.#leftOut.size < MOST_NAMES) this.#leftOut.add(name);
    return texts;
  }

  #sourceOf(name: string): Source | undefined {
    if (this.#sources.has(name)) return this.#sources.get(name);
    const source = describeField(name)?.source;
    if (this.#sources.size < MOST_NAMES) this.#sources.set(name, source);
    return source;
  }
}

/** A text is written only if it is read as what was measured, whatever names and values a collection has. */
function isTrue(source: Source | undefined, { text, subsystem }: RawText, own: Fields): boolean {
  try {
    const said = source?.parse?.(text, subsystem) ?? {};
    return Object.entries(said).every(([name, value]) => own[name] === value);
  } catch {
    return false; // a name that the kernel would not print
  }
}
