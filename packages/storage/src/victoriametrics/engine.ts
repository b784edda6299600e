import { setTimeout as delay } from 'node:timers/promises';
import { splitLines } from '@perfcollector/collection';
import { Agent, type Dispatcher, request } from 'undici';
import { StoreError } from '../store.ts';
import type { Address, Endpoint } from './address.ts';

/** A time in whole milliseconds, ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A span cut into steps of equal length, the last one perhaps beyond it. */
export interface Steps {
  readonly from: number;
  /** Milliseconds. */
  readonly step: number;
  readonly count: number;
}

/** An expression over the time that stands in its brackets: ``(time) => `max_over_time(up${time})` ``. */
export type Expression = (time: string) => string;

/** One series of an answer. */
export interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface SteppedRow {
  readonly metric: Readonly<Record<string, string>>;
  /** One for each step, NaN where there is none. */
  readonly values: Float64Array;
}

/** A piece of a series as it is exported; the order of pieces is the engine's. */
export interface Block {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Milliseconds. */
  readonly timestamps: readonly number[];
}

const CONNECT_TIMEOUT_MS = 3000;
/** Until an answer begins, and between two pieces of it. */
const ANSWER_TIMEOUT_MS = 60_000;
/** An import that takes longer is a failed one: who waits for it has time-outs too. */
const IMPORT_TIMEOUT_MS = 10_000;
const IMPORT_PAUSES_MS = [100, 300, 1000];
/** After so long an import is not tried again. */
const TRYING_MS = 5000;
/** How much of the engine's own words an error repeats. */
const MOST_WORDS = 300;
/**
 * The engine holds back, or makes up, what is younger than half a minute in an answer (`-search.latencyOffset`). So it is
 * asked about a time before, and told to look so much later.
 */
const EARLIER_MS = 3 * 86_400_000;

/** The HTTP interface of VictoriaMetrics: https://docs.victoriametrics.com/#prometheus-querying-api-usage and `/api/v1/import`. */
export class Engine {
  readonly #address: Address;
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });

  constructor(address: Address) {
    this.#address = address;
  }

  /**
   * Gives lines to the engine, more than once where that helps.
   * @throws StoreError UNAVAILABLE where it did not say that it took them
   */
  async import(lines: string): Promise<void> {
    const began = performance.now();
    for (const pause of [...IMPORT_PAUSES_MS, undefined]) {
      try {
        const { write } = this.#address;
        const answer = await this.#send(write, '/api/v1/import', { body: lines, headersTimeout: IMPORT_TIMEOUT_MS });
        return await answer.dump();
      } catch (error) {
        const isOver = pause === undefined || performance.now() - began > TRYING_MS;
        if (isOver) throw new StoreError('UNAVAILABLE', (error as Error).message, { cause: error });
        await delay(pause);
      }
    }
  }

  /** An expression over a whole span. */
  async query(expression: Expression, { from, to }: Span): Promise<Row[]> {
    const query = expression(`[${duration(to - from + 1)}] offset -${duration(EARLIER_MS)}`);
    const { result } = await this.#data<Vector>('/api/v1/query', {
      query,
      time: seconds(to - EARLIER_MS),
      nocache: '1',
    });
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  /** An expression over each of the steps. */
  async querySteps(expression: Expression, { from, step, count }: Steps): Promise<SteppedRow[]> {
    const query = expression(`[${duration(step)}] offset -${duration(EARLIER_MS)}`);
    const first = from + step - 1 - EARLIER_MS; // a step is looked at from its end
    const times = {
      start: seconds(first),
      end: seconds(first + (count - 1) * step),
      step: duration(step),
      nocache: '1',
    };
    const { result } = await this.#data<Matrix>('/api/v1/query_range', { query, ...times });
    return result.map(({ metric, values }) => {
      const row = new Float64Array(count).fill(Number.NaN);
      for (const [time, value] of values) row[Math.round((time * 1000 - first) / step)] = Number(value);
      return { metric, values: row };
    });
  }

  /** The labels of each series that has a point in a span, or near it. */
  series(match: string, span: Span): Promise<Readonly<Record<string, string>>[]> {
    return this.#data('/api/v1/series', { 'match[]': match, ...bounds(span) });
  }

  /** The different values of a label among these series. */
  labelValues(label: string, match: string, span: Span): Promise<string[]> {
    return this.#data(`/api/v1/label/${label}/values`, { 'match[]': match, ...bounds(span) });
  }

  /** Every point of a span, as it was stored, those of one time and series in any order. */
  async *export(match: string, span: Span): AsyncGenerator<Block> {
    const form = { 'match[]': match, ...bounds(span), reduce_mem_usage: '1' };
    const answer = await this.#send(this.#address.read, '/api/v1/export', { form });
    try {
      for await (const { text } of splitLines(answer)) yield JSON.parse(text ?? '') as Block;
    } catch (error) {
      throw brokenOff(error as Error);
    }
  }

  async deleteSeries(match: string): Promise<void> {
    const { read } = this.#address;
    // A cluster's vmselect deletes under another path than it answers under.
    const endpoint = { ...read, url: read.url.replace(/\/select\/(?=[^/]+\/prometheus$)/, '/delete/') };
    await (await this.#send(endpoint, '/api/v1/admin/tsdb/delete_series', { form: { 'match[]': match } })).dump();
  }

  /** What it keeps takes on disk; null where it does not say: a cluster's vmselect cannot know. */
  async diskBytes(): Promise<number | null> {
    const { read } = this.#address;
    const answer = await this.#send({ ...read, url: new URL(read.url).origin }, '/metrics', { method: 'GET' });
    const sizes = [...(await answer.text()).matchAll(/^vm_data_size_bytes\{[^}]*\} (\S+)$/gm)].map(([, size]) =>
      Number(size),
    );
    return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #data<T>(path: string, form: Readonly<Record<string, string>>): Promise<T> {
    const answer = await this.#send(this.#address.read, path, { form });
    const { data } = (await answer.json().catch((error: Error) => {
      throw brokenOff(error);
    })) as { data: T };
    return data;
  }

  /** @throws StoreError where the answer is not 200 or 204 */
  async #send(endpoint: Endpoint, path: string, sent: Sent): Promise<Dispatcher.ResponseData['body']> {
    const { host } = new URL(endpoint.url);
    const { statusCode, body } = await request(`${endpoint.url}${path}`, {
      method: sent.method ?? 'POST',
      dispatcher: this.#agent,
      headers: {
        ...(endpoint.authorization !== undefined && { authorization: endpoint.authorization }),
        ...(sent.form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: sent.form ? new URLSearchParams(sent.form).toString() : (sent.body ?? null),
      ...(sent.headersTimeout !== undefined && { headersTimeout: sent.headersTimeout }),
    }).catch((error: Error) => {
      const why = `VictoriaMetrics at ${host} cannot be reached: ${error.message || String(error)}`;
      throw new StoreError('UNAVAILABLE', why, { cause: error });
    });
    if (statusCode === 200 || statusCode === 204) return body;
    const words = (await body.text()).trim().slice(0, MOST_WORDS);
    const code = statusCode >= 500 || statusCode === 429 ? 'UNAVAILABLE' : 'FAILED';
    throw new StoreError(code, `VictoriaMetrics at ${host} answered ${statusCode}: ${words}`);
  }
}

interface Sent {
  readonly method?: 'GET';
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headersTimeout?: number;
}

interface Vector {
  readonly result: readonly { readonly metric: Row['metric']; readonly value: readonly [number, string] }[];
}

interface Matrix {
  readonly result: readonly {
    readonly metric: Row['metric'];
    readonly values: readonly (readonly [number, string])[];
  }[];
}

function brokenOff(error: Error): StoreError {
  return new StoreError('UNAVAILABLE', `VictoriaMetrics broke off its answer: ${error.message}`, { cause: error });
}

function bounds({ from, to }: Span): { start: string; end: string } {
  return { start: seconds(from), end: seconds(to) };
}

/** As the engine reads times: it cuts what is below a millisecond off, also of a number that floats a little lower. */
function seconds(ms: number): string {
  return ((ms + A_LITTLE) / 1000).toFixed(4);
}

/** The same of a length of time: it takes `32001ms` for 32000, and would miss a sample at the beginning. */
function duration(ms: number): string {
  return `${ms + A_LITTLE}ms`;
}

/** Milliseconds. */
const A_LITTLE = 0.2;
