/** The fields of one machine's samples: the same names in the same order, sample after sample. */
export interface Shape {
  /** As a JSON array. */
  readonly names: string;
  /** Each name as it stands in a sample, `"cpu_user":`, one behind the other. */
  readonly keys: DataView;
  /** Where each key ends. */
  readonly ends: Uint32Array;
}

export function shapeOf(names: readonly string[]): Shape {
  const keys = names.map((name) => Buffer.from(`${JSON.stringify(name)}:`));
  const ends = new Uint32Array(keys.length);
  let end = 0;
  for (const [at, { length }] of keys.entries()) {
    end += length;
    ends[at] = end;
  }
  const bytes = Buffer.concat(keys);
  return { names: JSON.stringify(names), keys: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), ends };
}

/** As many machines' shapes are remembered; each is some ten kilobytes. */
const MOST_REMEMBERED = 4000;

/** The shape that each machine's last sample had. */
export class Shapes {
  readonly #last = new Map<string, Shape>();

  /** @param machine any text that tells machines apart */
  of(machine: string): Shape | undefined {
    return this.#last.get(machine);
  }

  remember(machine: string, shape: Shape): void {
    if (!this.#last.has(machine) && this.#last.size >= MOST_REMEMBERED) this.#last.clear();
    this.#last.set(machine, shape);
  }
}
