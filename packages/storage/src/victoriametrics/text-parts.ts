/** Texts that come back in parts, in any order and more than once. */
export class TextParts {
  readonly #parts = new Map<string, (string | undefined)[]>();

  add({ id = '', part = '', text = '' }: Readonly<Record<string, string>>): void {
    const [index, count] = part.split('/').map(Number);
    const parts = this.#parts.get(id) ?? new Array<string | undefined>(count ?? 0).fill(undefined);
    if (index) parts[index - 1] = text;
    this.#parts.set(id, parts);
  }

  /** Undefined where a part is missing: what it belongs to was never acknowledged. */
  get(id: string): string | undefined {
    const parts = this.#parts.get(id);
    return parts?.every((part) => part !== undefined) ? parts.join('') : undefined;
  }

  /** Those that are whole, by their ids. */
  *all(): Generator<[id: string, text: string]> {
    for (const id of this.#parts.keys()) {
      const text = this.get(id);
      if (text !== undefined) yield [id, text];
    }
  }
}
