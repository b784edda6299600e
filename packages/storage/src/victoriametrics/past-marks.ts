import type { Batch } from '../store.ts';
import type { Engine } from './engine.ts';
import { joinMarks, type MachineKey, type Marks, marksOf, type Whose } from './marks.ts';
import { spanOf } from './span.ts';

const DAY_MS = 86_400_000;
/** How long what is known of the past is taken for true, though another pcd may have added to it. */
const KNOWN_MS = 600_000;
/** After so long what was appended is in the engine's answers. */
const VISIBLE_MS = 10_000;

interface Known {
  /** Unix milliseconds: when it was asked for, and where its past ends. */
  readonly asked: number;
  readonly end: number;
  readonly marks: Promise<Map<MachineKey, Marks>>;
}

/**
 * The marks of whole tenants, of which those from before yesterday are remembered: they are many and seldom change, and
 * to go through all of them for each look at the fleet would keep the engine busy.
 */
export class PastMarks {
  readonly #engine: Engine;
  readonly #known = new Map<string, Known>();
  /** Unix milliseconds, by tenant: when something was last done to its past. */
  readonly #touched = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async marksOf(whose: Whose): Promise<Map<MachineKey, Marks>> {
    const all = spanOf({});
    // A machine alone is asked for whole: that is quick, and exact.
    if (whose.machine !== undefined) return marksOf(this.#engine, whose, all);
    const { end, marks } = this.#past(whose);
    const [before, after] = await Promise.all([marks, marksOf(this.#engine, whose, { from: end, to: all.to })]);
    const keys = new Set([...before.keys(), ...after.keys()]);
    return new Map(Array.from(keys, (key) => [key, joinMarks(before.get(key), after.get(key))]));
  }

  noteAppend({ tenant, samples }: Batch): void {
    const end = endOfPast(Date.now());
    const isPast = samples.some((sample) => ('ms' in sample ? sample.ms : sample.timestamp * 1000) < end);
    if (isPast) this.noteChange(tenant);
  }

  noteChange(tenant: string): void {
    this.#touched.set(tenant, Date.now());
    this.#known.delete(tenant);
    this.#known.delete('');
  }

  #past({ tenant = '' }: Whose): Known {
    const now = Date.now();
    const end = endOfPast(now);
    const known = this.#known.get(tenant);
    if (known && known.end === end && now - known.asked < KNOWN_MS) return known;
    const span = { from: spanOf({}).from, to: end - 1 };
    const asked = { asked: now, end, marks: marksOf(this.#engine, tenant === '' ? {} : { tenant }, span) };
    asked.marks.catch(() => this.#known.delete(tenant)); // told to who asked
    if (!this.#isTouched(tenant, now)) this.#known.set(tenant, asked);
    return asked;
  }

  /** Whether something may be on its way that an answer of now lacks. */
  #isTouched(tenant: string, now: number): boolean {
    const times = tenant === '' ? [...this.#touched.values()] : [this.#touched.get(tenant) ?? 0];
    return times.some((time) => now - time < VISIBLE_MS);
  }
}

/** Where the day before today begins. */
function endOfPast(now: number): number {
  return (Math.floor(now / DAY_MS) - 1) * DAY_MS;
}
