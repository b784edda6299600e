import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type Client, type contract } from '@perfcollector/api';
import { formatDuration, systemError } from '@perfcollector/cli';
import type { Progress } from '@perfcollector/cli/screen';
import { openFile } from '@perfcollector/collection';
import { hasBegun, RestOfCollection } from './rest-of.ts';
import { StoredSamples } from './stored.ts';

export interface Sending {
  readonly client: Client;
  /** Whose samples these are, where the collection does not say it. */
  readonly identifier: string | undefined;
  /** Send what the server has already, too. */
  readonly isAll: boolean;
  /** How long to try again while the server is away, milliseconds. */
  readonly retryMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Pauses between two tries grow from the first to the last. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000];

/**
 * Sends one collection. Where the server goes away meanwhile it is tried again, and what it stored until then is not sent
 * again.
 * @throws UserError where the file cannot be read, ApiError where the server does not take it
 */
export async function sendFile(file: string, sending: Sending): Promise<contract.UploadReply> {
  const bytes = sizeOf(file);
  let earlier: number | undefined;
  for (let tried = 0, since = performance.now(); ; tried += 1) {
    sending.progress.begin(file, bytes);
    const attempt = new Attempt(file, sending, tried > 0);
    try {
      const reply = await attempt.run();
      return summed(reply, attempt.leftOut, earlier ?? attempt.leftOut);
    } catch (error) {
      if (!isPassing(error) || performance.now() - since > sending.retryMs) throw error;
      earlier ??= attempt.leftOut;
      await pause(error, tried, sending);
    }
  }
}

/** @throws UserError: a directory, or nothing at all */
function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    return stat.size;
  } catch (error) {
    throw systemError(`read ${file}`, error);
  }
}

class Attempt {
  readonly #file: string;
  readonly #sending: Sending;
  readonly #stored: StoredSamples;
  readonly #isAgain: boolean;
  #rest: RestOfCollection | undefined;

  constructor(file: string, sending: Sending, isAgain: boolean) {
    this.#file = file;
    this.#sending = sending;
    this.#stored = new StoredSamples(sending.client);
    this.#isAgain = isAgain;
  }

  /** Samples that were not sent, as the server has them. */
  get leftOut(): number {
    return this.#rest?.leftOut ?? 0;
  }

  async run(): Promise<contract.UploadReply> {
    const { client, identifier, isAll } = this.#sending;
    const looks = (!isAll || this.#isAgain) && (await hasBegun(this.#file, this.#stored));
    if (!looks) return client.upload(Readable.from(this.#counted(), { objectMode: false }), identifier);
    this.#rest = new RestOfCollection(this.#counted(), this.#stored);
    const pieces = this.#rest.pieces();
    const first = await pieces.next();
    const reply = first.done ? EMPTY : await this.#send(joined(first.value, pieces));
    const machines = [...new Set([...reply.machines, ...this.#rest.machines])];
    return { ...reply, machines, problems: [...reply.problems, ...this.#rest.problems] };
  }

  /** What is left beside what the server has may be damage alone, which is no reason to say that nothing was stored. */
  async #send(pieces: AsyncIterable<Buffer>): Promise<contract.UploadReply> {
    const { client, identifier } = this.#sending;
    try {
      return await client.upload(Readable.from(pieces, { objectMode: false }), identifier);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'BAD_COLLECTION' && this.leftOut > 0)) throw error;
      return { ...EMPTY, problems: [error.message] };
    }
  }

  async *#counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of openFile(this.#file)) {
      yield chunk;
      this.#sending.progress.add(chunk.length);
    }
  }
}

const EMPTY: contract.UploadReply = { machines: [], samples: 0, stored: 0, duplicates: 0, problems: [] };

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/**
 * What a try that broke off has stored is stored by this upload, too.
 * @param leftOut samples that the last try did not send
 * @param earlier of these, those that were there before the first try
 */
function summed(reply: contract.UploadReply, leftOut: number, earlier: number): contract.UploadReply {
  return {
    ...reply,
    samples: reply.samples + leftOut,
    stored: reply.stored + leftOut - earlier,
    duplicates: reply.duplicates + earlier,
  };
}

/** The server, or the way to it, will be there again: nothing is wrong with what was sent. */
function isPassing(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 'UNREACHABLE' || [429, 502, 503, 504].includes(error.status));
}

async function pause(error: ApiError, tried: number, { progress, signal }: Sending): Promise<void> {
  const ms = Math.min(error.retryAfter ? error.retryAfter * 1000 : FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS);
  progress.say(`pcctl: ${error.message}; trying again in ${formatDuration(ms)}`);
  await sleep(ms, undefined, { signal });
}
