import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Body } from './bodies.ts';

/** Where and how bodies are posted. */
export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly retryAfterSeconds: number;
}

/** How many requests are under way at a time: enough that a server never waits for the client. */
const CONNECTIONS = 4;
const BUSY = new Set([429, 503]);

export interface Posted {
  readonly bytes: number;
  readonly requests: number;
  /** Requests that were answered with "later", and sent again. */
  readonly putOff: number;
}

/** Posts all bodies over a few connections, each answer awaited. @throws Error where one is refused for good */
export async function postAll(target: Target, bodies: Iterable<Body>): Promise<Posted> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const posted = { bytes: 0, requests: 0, putOff: 0 };
  const waiting = bodies[Symbol.iterator]();
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      posted.putOff += await postUntilTaken(target, next.value, agent);
      posted.bytes += next.value.bytes.length;
      posted.requests += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    return posted;
  } finally {
    agent.destroy();
  }
}

async function postUntilTaken(target: Target, body: Body, agent: Agent): Promise<number> {
  for (let putOff = 0; ; putOff++) {
    const answer = await post(target, body, agent);
    if (answer.status < 300) return putOff;
    const said = answer.body.toString().trim().slice(0, 300);
    if (!BUSY.has(answer.status)) throw new Error(`POST ${target.url} was answered ${answer.status}: ${said}`);
    await delay(Math.max(answer.retryAfterSeconds * 1000, 10));
  }
}

export function post({ url, headers }: Target, body?: Body, agent?: Agent): Promise<Answer> {
  const encoding = body?.encoding && { 'content-encoding': body.encoding };
  const about = body && {
    'content-type': 'application/json',
    'content-length': String(body.bytes.length),
    ...encoding,
  };
  return exchange(url, { method: 'POST', agent, headers: { ...headers, ...about } }, body);
}

export function get({ url, headers }: Target): Promise<Answer> {
  return exchange(url, { headers });
}

/** The answer to a GET as a stream. */
export async function stream({ url, headers }: Target): Promise<IncomingMessage> {
  const [response] = (await once(request(url, { headers }).end(), 'response')) as [IncomingMessage];
  return response;
}

async function exchange(url: string, options: RequestOptions, body?: Body): Promise<Answer> {
  const sent = request(url, options);
  sent.end(body?.bytes);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const retryAfterSeconds = Number(response.headers['retry-after'] ?? 0);
  return { status: response.statusCode ?? 0, body: await buffer(response), retryAfterSeconds };
}
