import type { Fields, FieldValue } from '@perfcollector/procfs';

/** What stands in a slot of a row. */
export const ABSENT = 0;
export const NUMBER = 1;
/** A whole number above 2^53-1, as its digits. */
export const LARGE = 2;
/** Text that is no number. */
export const WORD = 3;

/**
 * The values of one sample, each in the slot that its field has in every sample: what tables are derived of without an
 * object and a look-up for each value.
 */
export class FieldRow {
  readonly kinds: Uint8Array;
  /** Of NUMBER and, to the nearest double, of LARGE. */
  readonly numbers: Float64Array;
  /** Of LARGE and WORD. */
  readonly texts: string[];
  /** Of NUMBER: where its text stands in `bytes`, if that is the text that JavaScript would write; else -1. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes. */
  words: DataView = new DataView(new ArrayBuffer(0));
  /** Set where it is known that all slots hold numbers. */
  isPlain = false;
  /** Set by who filled it with certain fields and no others; whoever else writes into it takes that back. */
  shape: object | undefined;

  constructor(slots: number) {
    this.kinds = new Uint8Array(slots);
    this.numbers = new Float64Array(slots);
    this.texts = new Array<string>(slots).fill('');
    this.starts = new Int32Array(slots).fill(-1);
    this.ends = new Int32Array(slots);
  }

  clear(): void {
    this.isPlain = false;
    this.kinds.fill(ABSENT);
    this.shape = undefined;
  }

  put(slot: number, value: FieldValue): void {
    this.isPlain = false;
    this.starts[slot] = -1;
    this.shape = undefined;
    if (typeof value === 'number') {
      this.kinds[slot] = NUMBER;
      this.numbers[slot] = value;
      return;
    }
    this.kinds[slot] = /^\d+$/.test(value) ? LARGE : WORD;
    this.numbers[slot] = this.kinds[slot] === LARGE ? Number(value) : Number.NaN;
    this.texts[slot] = value;
  }

  get(slot: number): FieldValue | undefined {
    const kind = this.kinds[slot];
    if (kind === NUMBER) return this.numbers[slot];
    return kind === ABSENT ? undefined : this.texts[slot];
  }

  /** Takes a sample's fields in place of what there was. @param slotOf undefined for fields without a slot */
  fill(fields: Fields, slotOf: ReadonlyMap<string, number>): void {
    this.clear();
    for (const name of Object.keys(fields)) {
      const slot = slotOf.get(name);
      const value = fields[name];
      if (slot !== undefined && value !== undefined) this.put(slot, value);
    }
  }
}
