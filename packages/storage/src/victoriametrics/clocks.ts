import type { MachineRef } from '../store.ts';

interface Tick {
  readonly run: string;
  readonly seq: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** Of so many runs the newest tick is remembered. */
const MOST_RUNS = 100_000;

/**
 * Notices ticks of a clock that was set back: they may have the millisecond of an earlier tick of their run, and the engine
 * would mix the two. It is known of the runs that came by here, while they are remembered.
 */
export class Clocks {
  readonly #newest = new Map<string, Tick>();

  isSetBack({ tenant, machine }: MachineRef, tick: Tick): boolean {
    const key = `${tenant} ${machine} ${tick.run}`;
    const newest = this.#newest.get(key);
    if (newest && tick.ms <= newest.ms) return tick.seq > newest.seq;
    this.#newest.delete(key); // to stand last: the first is forgotten first
    this.#newest.set(key, tick);
    if (this.#newest.size > MOST_RUNS) this.#newest.delete(this.#newest.keys().next().value ?? '');
    return false;
  }
}
