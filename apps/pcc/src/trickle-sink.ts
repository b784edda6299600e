import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type Client } from '@perfcollector/api';
import type { Log } from '@perfcollector/cli';
import { type CollectionFile, encodeLine, type Header } from '@perfcollector/collection';
import { openCollection } from './local-sink.ts';
import type { Outcome, Sink, SinkState } from './sink.ts';

/** Samples in one request: about a megabyte of JSON. */
const BATCH_SAMPLES = 100;
/** The header goes along now and then: the server may have been given a new store, or the machine deleted there. */
const HEADER_EVERY = 100;
/** Samples held in memory while the server is away; the oldest beyond them go to the file. */
const MOST_WAITING = 3600;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** How long the end of a run waits for the server. */
const CLOSING_MS = 5000;

export interface TrickleSetup {
  readonly client: Client;
  readonly header: Header;
  /** Where samples go that cannot be sent: a collection, made when it is needed. */
  readonly path: string;
  readonly log: Log;
}

/**
 * Sends samples to a pcd as they come. While the server is away they wait in memory, the oldest go to a collection file
 * when there are many, and at the end what could not be sent is in that file.
 */
export class TrickleSink implements Sink {
  readonly #setup: TrickleSetup;
  readonly #failed = new AbortController();
  readonly #closing = new AbortController();
  /** Encoded samples, oldest first. */
  #waiting: string[] = [];
  #batchSize = BATCH_SAMPLES;
  /** The server has taken something of this run: key and address are right. */
  #wasAccepted = false;
  /** Batches since the header went along; 0 sends it with the next one. */
  #sinceHeader = 0;
  /** The time for the end of the run is over. */
  #isOver = false;
  #delivery: Promise<void> | undefined;
  #file: CollectionFile | undefined;
  #sent = 0;
  #kept = 0;
  #lost = 0;
  #problem: string | undefined;

  /** Begins by sending the header, which shows at once whether the key is accepted. */
  constructor(setup: TrickleSetup) {
    this.#setup = setup;
    this.#deliver();
  }

  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  get state(): SinkState {
    return {
      waitingSamples: this.#waiting.length,
      waitingBytes: this.#waiting.reduce((sum, line) => sum + line.length, 0),
      droppedSamples: this.#lost,
      sentSamples: this.#sent,
      problem: this.#problem,
    };
  }

  add(line: Uint8Array): void {
    this.#waiting.push(Buffer.from(line).toString().trimEnd());
    this.#deliver();
  }

  async close(): Promise<Outcome> {
    const { client, path } = this.#setup;
    this.#closing.abort();
    const deadline = setTimeout(() => {
      this.#isOver = true;
      client.destroy();
    }, CLOSING_MS);
    do {
      this.#deliver();
      await this.#delivery;
    } while (this.#hasWork()); // a sample may have come just as a delivery ended
    clearTimeout(deadline);
    this.#keep(this.#waiting.splice(0));
    this.#file?.close();
    await client.destroy();
    const all = this.#sent + this.#kept + this.#lost;
    if (this.#sent === all) return { summary: `${all} samples sent to ${client.server}`, isComplete: true };
    const rest = this.#kept > 0 ? ` ${this.#kept} are in ${path}; send them with: pcctl upload ${path}` : '';
    const lost = this.#lost > 0 ? ` ${this.#lost} are lost: ${path} could not be written.` : '';
    return { summary: `${this.#sent} of ${all} samples sent to ${client.server}.${lost}${rest}`, isComplete: false };
  }

  /** One delivery at a time; it goes on until nothing waits. */
  #deliver(): void {
    this.#delivery ??= this.#deliverAll().finally(() => {
      this.#delivery = undefined;
    });
  }

  async #deliverAll(): Promise<void> {
    for (let failures = 0; this.#hasWork(); ) {
      const batch = this.#waiting.slice(0, this.#batchSize);
      try {
        await this.#send(batch);
        this.#waiting.splice(0, batch.length);
        failures = 0;
      } catch (error) {
        if (!(error instanceof ApiError)) this.#failed.abort(error);
        else if (!this.#mend(error, batch)) await this.#pause(failures++, error);
      }
    }
  }

  #hasWork(): boolean {
    if (this.#failed.signal.aborted || this.#isOver) return false;
    return this.#waiting.length > 0 || (!this.#wasAccepted && !this.#closing.signal.aborted);
  }

  async #send(batch: readonly string[]): Promise<void> {
    const { client, header, log } = this.#setup;
    const lines = this.#sinceHeader > 0 ? batch : [encodeLine(header).trimEnd(), ...batch];
    await client.trickle(header.identifier, lines);
    this.#wasAccepted = true;
    this.#sinceHeader = (this.#sinceHeader + 1) % HEADER_EVERY;
    this.#batchSize = BATCH_SAMPLES;
    this.#sent += batch.length;
    if (this.#problem !== undefined) log.info(`${client.server} takes samples again`);
    this.#problem = undefined;
  }

  /** Does what can be done about a refusal other than waiting; false where only waiting helps. */
  #mend(error: ApiError, batch: readonly string[]): boolean {
    if (!this.#wasAccepted && isMisconfigured(error)) {
      this.#failed.abort(error); // nobody waits for a run that was set up wrongly from its start
      return true;
    }
    if (error.status === 413 && batch.length > 1) {
      this.#batchSize = Math.ceil(batch.length / 2);
      return true;
    }
    if (error.status === 400 || error.status === 413) {
      this.#say(`${error.message}; samples that are refused go to ${this.#setup.path}`);
      this.#keep(this.#waiting.splice(0, batch.length));
      return batch.length > 0;
    }
    return false;
  }

  async #pause(failures: number, error: ApiError): Promise<void> {
    if (this.#isOver) return;
    this.#sinceHeader = 0;
    this.#say(`${error.message}; samples wait and are sent when that is over`);
    const excess = this.#waiting.length - MOST_WAITING;
    if (excess > 0) this.#keep(this.#waiting.splice(0, excess + MOST_WAITING / 2));
    const isClosing = this.#closing.signal.aborted;
    const longest = isClosing ? FIRST_PAUSE_MS / 2 : Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    // Half of it by chance, so that a fleet does not come back all at once.
    const ms = longest * (0.5 + Math.random() / 2);
    await delay(ms, undefined, isClosing ? {} : { signal: this.#closing.signal }).catch(ignoreAbort);
  }

  #say(problem: string): void {
    if (problem !== this.#problem) this.#setup.log.error(problem);
    this.#problem = problem;
  }

  /** Writes samples that cannot be sent into the file. */
  #keep(lines: readonly string[]): void {
    if (lines.length === 0) return;
    try {
      if (!this.#file) {
        this.#file = openCollection(this.#setup.path);
        this.#file.append(encodeLine(this.#setup.header));
      }
      this.#file.append(`${lines.join('\n')}\n`);
      this.#kept += lines.length;
    } catch (error) {
      this.#setup.log.error((error as Error).message);
      this.#lost += lines.length;
    }
  }
}

/** A wrong key or address. A gateway whose pcd is away answers 502 or 503: that is for waiting. */
function isMisconfigured({ status, code }: ApiError): boolean {
  return status === 401 || status === 403 || (code === 'NOT_PCD' && status < 500);
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
