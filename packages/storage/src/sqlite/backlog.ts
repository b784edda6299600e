/** Which hours of which machines wait, and which of them may be sealed. */
import { type Clock, HOUR_MS, hourOf } from './time.ts';

export interface MachineHour {
  readonly machine: number;
  readonly hourMs: number;
}

interface Filling {
  bytes: number;
  /** Of the elapsed milliseconds. */
  touched: number;
}

/**
 * A machine fills one hour at a time, or two: one live and one that it makes up for from its spool. An hour that it has
 * left behind is complete, whatever the clock says; so is one that ended and that nothing came for in a while.
 */
const MOST_FILLING = 2;
const QUIET_MS = 5 * 60_000;
/** An hour with so much in it is sealed in parts. */
const MOST_BYTES = 2 * 1024 * 1024;

export class Backlog {
  readonly #clock: Clock;
  /** By machine and hour, the last touched last. */
  readonly #filling = new Map<number, Map<number, Filling>>();
  readonly #ready: MachineHour[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(machine: number, ms: number, bytes: number): void {
    const hours = this.#filling.get(machine) ?? new Map<number, Filling>();
    this.#filling.set(machine, hours);
    const hourMs = hourOf(ms);
    const filling = hours.get(hourMs) ?? { bytes: 0, touched: 0 };
    filling.bytes += bytes;
    filling.touched = this.#clock.elapsed();
    hours.delete(hourMs);
    hours.set(hourMs, filling);
    if (filling.bytes >= MOST_BYTES) this.#leave(machine, hours, hourMs);
    for (const oldest of hours.keys()) if (hours.size > MOST_FILLING) this.#leave(machine, hours, oldest);
  }

  /** The hours that ended and that nothing came for in a while are ready too. */
  sweep(): void {
    const [now, elapsed] = [this.#clock.now(), this.#clock.elapsed()];
    for (const [machine, hours] of this.#filling) {
      for (const [hourMs, { touched }] of hours)
        if (elapsed - touched >= QUIET_MS && hourMs + HOUR_MS <= now) this.#leave(machine, hours, hourMs);
      if (hours.size === 0) this.#filling.delete(machine);
    }
  }

  /** An hour that may be sealed; it is not given again unless it is noted again. */
  next(): MachineHour | undefined {
    return this.#ready.shift();
  }

  /** Hours that were given and not sealed: they come first. */
  giveBack(hours: readonly MachineHour[]): void {
    this.#ready.unshift(...hours);
  }

  #leave(machine: number, hours: Map<number, Filling>, hourMs: number): void {
    hours.delete(hourMs);
    this.#ready.push({ machine, hourMs });
  }
}
