import type { FieldValue } from '@perfcollector/procfs';
import { digitsOfHalves, type Halves, numberOfHalves } from './exact-number.ts';

/** Points of one series by their milliseconds. */
class Column {
  readonly #values = new Map<number, number>();

  /** Of several values at one time the largest counts: the engine keeps all, in no order. */
  add(timestamps: readonly number[], values: readonly number[]): void {
    for (let at = 0; at < timestamps.length; at += 1) {
      const [ms, value] = [timestamps[at] as number, values[at] as number];
      const before = this.#values.get(ms);
      if (before === undefined || value > before) this.#values.set(ms, value);
    }
  }

  get(ms: number): number | undefined {
    return this.#values.get(ms);
  }
}

/** Which values stand at which millisecond: marks, or the ids of texts. */
export class SetColumn<T> {
  readonly #values = new Map<number, Set<T>>();

  add(ms: number, value: T): void {
    const values = this.#values.get(ms);
    if (values) values.add(value);
    else this.#values.set(ms, new Set([value]));
  }

  addAll(timestamps: readonly number[], value: T): void {
    for (const ms of timestamps) this.add(ms, value);
  }

  get(ms: number): readonly T[] {
    return [...(this.#values.get(ms) ?? [])];
  }

  times(): Iterable<number> {
    return this.#values.keys();
  }
}

/** What is kept in two halves. */
export class HalvesColumn {
  readonly high = new Column();
  readonly low = new Column();

  get(ms: number): Halves | undefined {
    const [high, low] = [this.high.get(ms), this.low.get(ms)];
    return high === undefined || low === undefined ? undefined : [high, low];
  }

  number(ms: number): number | undefined {
    const halves = this.get(ms);
    return halves && numberOfHalves(halves);
  }
}

/** One field of a run, in all the forms that its values may have. */
export class FieldPoints {
  readonly near = new Column();
  #number: HalvesColumn | undefined;
  #digits: HalvesColumn | undefined;
  #texts: SetColumn<string> | undefined;

  /** Ids of texts. */
  get texts(): SetColumn<string> {
    this.#texts ??= new SetColumn();
    return this.#texts;
  }

  /** Numbers that the engine does not hold exactly. */
  get numbers(): HalvesColumn {
    this.#number ??= new HalvesColumn();
    return this.#number;
  }

  /** Counters above 2^53, which samples hold as text. */
  get digits(): HalvesColumn {
    this.#digits ??= new HalvesColumn();
    return this.#digits;
  }

  /** @param textOf a text by the ids that stand for it */
  at(ms: number, textOf: (ids: readonly string[]) => string | undefined): FieldValue | undefined {
    const text = this.#texts && textOf(this.#texts.get(ms));
    if (text !== undefined) return JSON.parse(text) as string;
    const digits = this.#digits?.get(ms);
    if (digits) return digitsOfHalves(digits);
    return this.#number?.number(ms) ?? this.near.get(ms);
  }
}

/** Of one run; of the samples without a run, the run is ''. */
export class RunPoints {
  readonly run: string;
  readonly marks = new SetColumn<number>();
  readonly unnumbered = new SetColumn<number>();
  readonly shapes = new SetColumn<string>();
  readonly lines = new SetColumn<string>();
  /** Times between two milliseconds, and numbers of samples without a run. */
  readonly timestamps = new HalvesColumn();
  readonly seqs = new HalvesColumn();
  readonly #fields = new Map<string, FieldPoints>();

  constructor(run: string) {
    this.run = run;
  }

  field(name: string): FieldPoints {
    const there = this.#fields.get(name);
    if (there) return there;
    const made = new FieldPoints();
    this.#fields.set(name, made);
    return made;
  }
}
