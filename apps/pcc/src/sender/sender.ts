import { ApiError, type TrickleConnection } from '@perfcollector/api/trickle';
import type { Log } from '@perfcollector/cli';
import { type Clock, systemClock } from '../agent/schedule.ts';
import { type Batch, emptyBatch } from '../spool/batch.ts';
import type { Spool } from '../spool/spool.ts';
import { backoff } from './backoff.ts';
import { Bell } from './bell.ts';
import { Lane } from './lane.ts';
import { verdictOf } from './verdict.ts';

/** While the server is away it is asked once an interval as a rule: within these bounds, however long an interval is. */
const [SHORTEST_PROBE_MS, LONGEST_PROBE_MS] = [250, 60_000];
const LIVE_BYTES = 256 * 1024;
/** Some hundred samples a request, and all the memory that a backlog takes, however long it is. */
const BACKLOG_BYTES = 512 * 1024;
/** How soon what takes a person is tried again. */
const SLOW_RETRY_MS = 5 * 60_000;
/** The end of a run is short: longer pauses are cut to this. */
const LONGEST_CLOSING_PAUSE_MS = 500;
/** How often the server is told of what was dropped while it is there. */
const TELL_EVERY_MS = 60_000;

export interface SenderSetup {
  readonly spool: Spool;
  readonly server: string;
  /** Between two samples. */
  readonly intervalMs: number;
  readonly connect: () => TrickleConnection;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'sleep' | 'monotonic'>;
  readonly random?: () => number;
  readonly slowRetryMs?: number;
}

/** The server does not take samples now. */
interface Away {
  readonly failures: number;
  readonly pauseMs: number;
  /** On the monotonic clock: the server asked to be left alone for so long. */
  readonly quietUntil: number;
  readonly isForPerson: boolean;
}

/** When the backlog may go on, on the monotonic clock. */
interface Rest {
  readonly failures: number;
  readonly until: number;
}

const RESTED: Rest = { failures: 0, until: Number.NEGATIVE_INFINITY };

/**
 * Brings what is in the spool to the server, in two lanes: what comes now, and beside it what waits, the oldest first.
 * While the server is away only one line at a time goes out, the newest, to see whether it is back. That is asked about
 * once an interval, at a moment that chance chooses: as often as when all is well, so that a fleet is no greater load on a
 * server that comes back than it always is, and the newest numbers are there an interval later. What is heavy, the backlog,
 * keeps the long pauses.
 */
export class Sender {
  readonly #setup: SenderSetup;
  readonly #clock: Pick<Clock, 'sleep' | 'monotonic'>;
  readonly #live: Lane;
  readonly #backlog: Lane;
  readonly #bell = new Bell();
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #failed = new AbortController();
  /** Until the first answer nobody knows; so the run begins with a probe. */
  #away: Away | undefined = { failures: 0, pauseMs: 0, quietUntil: Number.NEGATIVE_INFINITY, isForPerson: false };
  #rest = RESTED;
  /** Grows when the server comes or goes: what was sent before tells nothing of now. */
  #era = 0;
  #problem: string | undefined;
  readonly #saidRefusals = new Set<string>();
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #lanes: Promise<unknown>;

  constructor(setup: SenderSetup) {
    this.#setup = setup;
    this.#clock = setup.clock ?? systemClock;
    this.#live = new Lane(setup.connect(), LIVE_BYTES);
    this.#backlog = new Lane(setup.connect(), BACKLOG_BYTES);
    setup.spool.onChange = () => this.#bell.ring();
    const fail = (error: unknown) => this.#fail(error);
    this.#lanes = Promise.all([this.#runLive().catch(fail), this.#runBacklog().catch(fail)]);
  }

  /** Aborted by a bug alone: no server can end a run. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Why nothing is sent now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Tries to send what waits for this long, then ends. */
  async close(ms: number): Promise<void> {
    const deadline = setTimeout(() => this.#end(), ms);
    this.#closing.abort();
    this.#bell.ring();
    await this.#lanes;
    clearTimeout(deadline);
    this.#end();
  }

  async #runLive(): Promise<void> {
    while (!this.#isDone()) {
      const { next } = this.#bell;
      if (this.#away) await this.#probe(this.#away);
      else {
        const batch = await this.#setup.spool.takeFresh(this.#live.buffer);
        if (batch) await this.#deliver(this.#live, batch);
        else await next;
      }
    }
    this.#bell.ring(); // the other lane may wait for what this one did last
  }

  async #runBacklog(): Promise<void> {
    const lane = this.#backlog;
    while (!this.#isDone()) {
      const { next } = this.#bell;
      const restMs = this.#rest.until - this.#clock.monotonic();
      const isAllowed = !this.#away && restMs <= 0;
      const batch = isAllowed ? await this.#setup.spool.takeOldest(lane.buffer, lane.mostBytes) : undefined;
      if (!this.#away && restMs > 0) await this.#endRest(restMs);
      else if (batch) await this.#deliver(lane, batch);
      else await next;
    }
    this.#bell.ring();
  }

  #isDone(): boolean {
    if (this.#over.signal.aborted) return true;
    return this.#closing.signal.aborted && this.#setup.spool.waitingBytes === 0;
  }

  async #endRest(ms: number): Promise<void> {
    const { failures, until } = this.#rest;
    await this.#pause(ms);
    if (until === this.#rest.until) this.#rest = { failures, until: RESTED.until };
  }

  async #probe({ pauseMs, quietUntil }: Away): Promise<void> {
    await this.#pause(pauseMs);
    // The end of the run cuts pauses short, but not what the server asked for.
    const quietMs = quietUntil - this.#clock.monotonic();
    if (this.#closing.signal.aborted && quietMs > 0) await this.#clock.sleep(quietMs, this.#over.signal);
    if (this.#isDone()) return;
    const { spool } = this.#setup;
    const { buffer } = this.#live;
    const batch = (await spool.takeNewest(buffer)) ?? (await spool.takeOldest(buffer, 0)) ?? emptyBatch(spool.run);
    await this.#deliver(this.#live, batch);
  }

  async #pause(ms: number): Promise<void> {
    const isClosing = this.#closing.signal.aborted;
    if (isClosing) await this.#clock.sleep(Math.min(ms, LONGEST_CLOSING_PAUSE_MS), this.#over.signal);
    else await this.#clock.sleep(ms, this.#closing.signal);
  }

  async #deliver(lane: Lane, batch: Batch, withHeader = lane.needsHeader(batch)): Promise<void> {
    const [era, isLast] = [this.#era, this.#closing.signal.aborted];
    try {
      await lane.send(batch, withHeader);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        batch.release();
        throw error;
      }
      await this.#mend({ lane, batch, withHeader, era, isLast }, error);
      return;
    }
    batch.acknowledge();
    if (lane === this.#backlog && era === this.#era) this.#rest = RESTED;
    if (era === this.#era) this.#taken();
  }

  async #mend({ lane, batch, withHeader, era, isLast }: Attempt, error: ApiError): Promise<void> {
    const verdict = verdictOf(error);
    const isAboutLines = verdict === 'smaller' || verdict === 'apart';
    if (isAboutLines && batch.lines.length > 1) {
      if (verdict === 'smaller') lane.shrink(batch.bytes);
      await this.#deliverHalves(lane, batch, verdict === 'smaller' && withHeader);
    } else if (isAboutLines && batch.lines.length === 1 && withHeader) {
      await this.#deliver(lane, batch, false); // it may be the header that is not taken
    } else if (isAboutLines && batch.lines.length === 1) {
      this.#setAside(batch, error);
    } else {
      // A slow network takes less in the time that there is.
      if (error.code === 'TIMEOUT' && batch.lines.length > 1) lane.shrink(batch.bytes);
      batch.release();
      if (era === this.#era) this.#goAway(error, isLast);
    }
  }

  async #deliverHalves(lane: Lane, batch: Batch, withHeader: boolean): Promise<void> {
    const [first, second] = batch.halve();
    await this.#deliver(lane, first, withHeader);
    if (this.#away || this.#over.signal.aborted) second.release();
    else await this.#deliver(lane, second, false);
  }

  /** Each kind of refusal is said once: where the clock is wrong, every line is refused. */
  #setAside(batch: Batch, { code, message }: ApiError): void {
    const { spool, log } = this.#setup;
    const level = this.#saidRefusals.has(code) ? 'debug' : 'error';
    this.#saidRefusals.add(code);
    log[level](`${message}; a line that is refused is set aside in ${spool.refusedPath}`);
    spool.setAside(batch);
    if (this.#away) this.#taken(); // the server is there, and speaks of lines
  }

  #taken(): void {
    const { spool, server, log } = this.#setup;
    const isBack = this.#away !== undefined;
    if (isBack) {
      if (this.#problem !== undefined) log.info(`${server} takes samples again`);
      this.#problem = undefined;
      this.#away = undefined;
      this.#era += 1;
      spool.setLive(true);
      this.#bell.ring();
    }
    const now = this.#clock.monotonic();
    if (!isBack && now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    spool.tellDropped();
  }

  #goAway(error: ApiError, isLast: boolean): void {
    if (this.#over.signal.aborted) return;
    const isForPerson = verdictOf(error) === 'person';
    const failures = (this.#away?.failures ?? 0) + 1;
    const { random = Math.random, slowRetryMs = SLOW_RETRY_MS, spool, intervalMs } = this.#setup;
    const quietMs = error.retryAfter === undefined ? 0 : error.retryAfter * 1000;
    const longestMs = Math.min(Math.max(intervalMs, SHORTEST_PROBE_MS), LONGEST_PROBE_MS);
    const pauseMs = isForPerson ? slowRetryMs : quietMs + backoff(failures, random(), longestMs);
    this.#away = { failures, pauseMs, quietUntil: this.#clock.monotonic() + quietMs, isForPerson };
    if (!isForPerson) this.#restLonger(quietMs, random());
    this.#era += 1;
    for (const lane of [this.#live, this.#backlog]) lane.forget();
    spool.setLive(false);
    this.#say(error);
    // What takes a person will not change in the seconds that the end of a run has.
    if (isForPerson && isLast) this.#end();
  }

  /** The pauses of the backlog, which grow as if it had been tried at the end of each. */
  #restLonger(quietMs: number, random: number): void {
    const now = this.#clock.monotonic();
    const { failures, until } = this.#rest;
    if (now < until) this.#rest = { failures, until: Math.max(until, now + quietMs) };
    else this.#rest = { failures: failures + 1, until: now + quietMs + backoff(failures + 1, random) };
  }

  #say(error: ApiError): void {
    const { log, spool } = this.#setup;
    if (error.message === this.#problem) return;
    this.#problem = error.message;
    const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
    log.error(`${error.message}; samples wait in ${spool.directory} and are sent when that is over${hint}`);
  }

  #fail(error: unknown): void {
    this.#failed.abort(error);
    this.#end();
  }

  #end(): void {
    this.#over.abort();
    for (const lane of [this.#live, this.#backlog]) lane.close();
    this.#bell.ring();
  }
}

interface Attempt {
  readonly lane: Lane;
  readonly batch: Batch;
  readonly withHeader: boolean;
  readonly era: number;
  /** It was begun when the run had ended. */
  readonly isLast: boolean;
}
