import { ByteWriter } from '../frame/byte-writer.ts';
import { WeighedMap } from '../weighed-map.ts';

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

/** So much of them is remembered; a machine's is some ten kilobytes, unless it wants them larger. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The shape that each machine's last sample had, and what every scan needs. */
export class Shapes {
  /** Where the values of one request after the other are put together: a buffer for each would be garbage of 16 KiB. */
  readonly writer = new ByteWriter();
  readonly #last = new WeighedMap<string, Shape>(
    MOST_BYTES,
    ({ names, keys, ends }) => names.length + keys.byteLength + ends.byteLength,
  );

  /** @param machine any text that tells machines apart */
  of(machine: string): Shape | undefined {
    return this.#last.get(machine);
  }

  remember(machine: string, shape: Shape): void {
    this.#last.set(machine, shape);
  }
}
