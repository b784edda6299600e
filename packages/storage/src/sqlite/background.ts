import type { Retention } from '../store.ts';
import type { Backlog, MachineHour } from './backlog.ts';
import { giveBack, isMostlyFree, prune } from './retention.ts';
import type { Report } from './schema.ts';
import type { Sealing } from './sealing.ts';
import type { Sql } from './sql.ts';
import { type Clock, DAY_MS, HOUR_MS } from './time.ts';
import { waitingHours } from './waiting-hours.ts';

/** Work of many steps, of which each is done in a transaction of its own, between those of requests. */
export type Job<T = unknown> = Generator<void, T>;

export interface BackgroundSetup {
  readonly sql: Sql;
  readonly sealing: Sealing;
  readonly backlog: Backlog;
  readonly retention: Retention;
  /** Runs work in a transaction; its error undoes it. */
  readonly transact: <T>(work: () => T) => T;
  readonly clock: Clock;
  readonly report: Report;
}

/** Of sealing, in one transaction: what a request waits for it at most, more or less. */
const SLICE_MS = 15;
const PRUNE_EVERY_MS = 10 * 60_000;
const MOST_DAYS = 200;
/** After a failure nothing is done for so long: a full disk may have room by then. */
const AGAIN_MS = 60_000;

interface MachineDay {
  readonly machine: number;
  readonly day_ms: number;
}

/** What the store does of its own accord: sealing, roll-ups, deleting what is too old. */
export class Background {
  readonly #setup: BackgroundSetup;
  #days: MachineDay[] = [];
  #job: Job | undefined;
  /** Of the elapsed milliseconds. */
  #pruneFrom = 0;
  #restUntil = 0;

  constructor(setup: BackgroundSetup) {
    this.#setup = setup;
  }

  /** Looks for work; to be called every few seconds. */
  sweep(): void {
    this.#attempt(() => this.#look());
  }

  /** Does a little of what there is. @returns whether there is more */
  step(): boolean {
    return this.#attempt(() => this.#sealSome() || this.#rollUpOne() || this.#stepJob()) ?? false;
  }

  /** A failure is told; requests go on all the same. */
  #attempt<T>(work: () => T): T | undefined {
    const { clock, report } = this.#setup;
    if (clock.elapsed() < this.#restUntil) return undefined;
    try {
      return work();
    } catch (error) {
      this.#restUntil = clock.elapsed() + AGAIN_MS;
      report(`the store could not seal or tidy up, and tries it again: ${(error as Error).message}`);
      return undefined;
    }
  }

  #look(): void {
    const { backlog, clock, sql, retention } = this.#setup;
    backlog.sweep();
    if (this.#days.length === 0) this.#days = closedDays(sql, clock.now());
    if (this.#job) return;
    if (clock.elapsed() >= this.#pruneFrom) {
      this.#pruneFrom = clock.elapsed() + PRUNE_EVERY_MS;
      this.#job = prune(sql, retention, clock.now());
    } else if (isMostlyFree(sql)) this.#job = giveBack(sql);
  }

  #sealSome(): boolean {
    const { backlog, sealing, transact, clock } = this.#setup;
    const hours: MachineHour[] = [];
    const first = backlog.next();
    if (!first) return false;
    try {
      transact(() => {
        const began = clock.elapsed();
        for (
          let hour: MachineHour | undefined = first;
          hour;
          hour = clock.elapsed() - began < SLICE_MS ? backlog.next() : undefined
        ) {
          hours.push(hour);
          sealing.sealHour(hour.machine, hour.hourMs);
        }
      });
    } catch (error) {
      // The last one failed, and waits: it may be damaged, and must not keep the others from being sealed.
      const { machine, hourMs } = hours.pop() ?? first;
      backlog.giveBack(hours);
      backlog.note(machine, hourMs, 0);
      throw error;
    }
    return true;
  }

  #rollUpOne(): boolean {
    const { sealing, transact } = this.#setup;
    const day = this.#days.shift();
    if (!day) return false;
    transact(() => sealing.sealDay(day.machine, day.day_ms));
    return true;
  }

  #stepJob(): boolean {
    const job = this.#job;
    if (!job) return false;
    this.#job = undefined;
    if (!this.#setup.transact(() => job.next()).done) this.#job = job;
    return true;
  }

  /** Seals everything that waits, complete or not, and makes the roll-ups of all days that ended. */
  *sealAll(): Job<{ samples: number }> {
    const { sealing, sql, clock } = this.#setup;
    let samples = 0;
    for (const { machine, hourMs } of waitingHours(sql)) {
      samples += sealing.sealHour(machine, hourMs);
      yield;
    }
    for (let days = closedDays(sql, clock.now()); days.length > 0; days = closedDays(sql, clock.now()))
      for (const { machine, day_ms } of days) {
        sealing.sealDay(machine, day_ms);
        yield;
      }
    return { samples };
  }
}

/** Days that ended a while ago and of which nothing waits to be sealed any more. */
function closedDays(sql: Sql, nowMs: number): MachineDay[] {
  const select = `
    SELECT machine, day_ms FROM open_day WHERE day_ms <= ? AND NOT EXISTS (
      SELECT 1 FROM waiting WHERE waiting.machine = open_day.machine AND ms >= day_ms AND ms < day_ms + ${DAY_MS})
    ORDER BY day_ms LIMIT ?`;
  return sql(select).all(nowMs - DAY_MS - HOUR_MS, MOST_DAYS) as unknown as MachineDay[];
}
