import type { Retention } from '../store.ts';
import type { Backlog, MachineHour } from './backlog.ts';
import { giveBack, isMostlyFree, prune } from './retention.ts';
import type { Report } from './schema.ts';
import type { Sealing } from './sealing.ts';
import type { Sql } from './sql.ts';
import { DAY_MS, HOUR_MS } from './time.ts';
import { noteWaitingHours } from './waiting-hours.ts';

/** Work of many steps, of which each is done in a transaction of its own, between those of requests. */
export type Job<T = unknown> = Generator<void, T>;

export interface BackgroundSetup {
  readonly sql: Sql;
  readonly sealing: Sealing;
  readonly backlog: Backlog;
  readonly retention: Retention;
  /** Runs work in a transaction; its error undoes it. */
  readonly transact: <T>(work: () => T) => T;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly report: Report;
}

/** Of sealing, in one transaction: what a request waits for it at most, more or less. */
const SLICE_MS = 15;
const PRUNE_EVERY_MS = 10 * 60_000;
const MOST_DAYS = 200;
/** Work that failed is tried again so much later: a full disk may have room by then. */
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
  #prunedMs = 0;
  #restUntilMs = 0;

  constructor(setup: BackgroundSetup) {
    this.#setup = setup;
  }

  /** Looks for work; to be called every few seconds. */
  sweep(): void {
    const { backlog, now, sql, retention } = this.#setup;
    backlog.sweep();
    if (this.#days.length === 0) this.#days = closedDays(sql, now());
    if (this.#job) return;
    if (now() - this.#prunedMs >= PRUNE_EVERY_MS) {
      this.#prunedMs = now();
      this.#job = prune(sql, retention, now());
    } else if (isMostlyFree(sql)) this.#job = giveBack(sql);
  }

  /** Does a little of what there is. @returns whether there is more */
  step(): boolean {
    const { now, report } = this.#setup;
    if (now() < this.#restUntilMs) return false;
    try {
      return this.#sealSome() || this.#rollUpOne() || this.#stepJob();
    } catch (error) {
      this.#restUntilMs = now() + AGAIN_MS;
      report(`the store could not seal or tidy up, and tries it again: ${(error as Error).message}`);
      return false;
    }
  }

  #sealSome(): boolean {
    const { backlog, sealing, transact, now } = this.#setup;
    const hours: MachineHour[] = [];
    const first = backlog.next();
    if (!first) return false;
    try {
      transact(() => {
        const began = now();
        for (
          let hour: MachineHour | undefined = first;
          hour;
          hour = now() - began < SLICE_MS ? backlog.next() : undefined
        ) {
          hours.push(hour);
          sealing.sealHour(hour.machine, hour.hourMs);
        }
      });
    } catch (error) {
      for (const { machine, hourMs } of hours) backlog.note(machine, hourMs, 0);
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
    const { backlog, sealing, sql, now } = this.#setup;
    noteWaitingHours(sql, backlog);
    backlog.leaveAll();
    let samples = 0;
    for (let hour = backlog.next(); hour; hour = backlog.next()) {
      samples += sealing.sealHour(hour.machine, hour.hourMs);
      yield;
    }
    for (let days = closedDays(sql, now()); days.length > 0; days = closedDays(sql, now()))
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
