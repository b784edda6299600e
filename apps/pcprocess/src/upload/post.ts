import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@perfcollector/cli';
import type { Form } from './form.ts';

/** Where a form goes, and with which key. */
export interface Destination {
  readonly url: URL;
  readonly apiKey: string;
}

/** What a server said. */
export interface Answer {
  readonly status: number;
  /** The beginning of it. */
  readonly text: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
}

export interface Sending {
  readonly signal: AbortSignal;
  /** Told of each piece that the connection took. */
  readonly onSent: (bytes: number) => void;
}

const CONNECT_MS = 10_000;
/** A server may take its time to import what it has. */
const SILENCE_MS = 300_000;
const MOST_TEXT = 64 * 1024;

/**
 * Sends a form once. Answers of any status are given back.
 * @throws UserError where the file cannot be read, the connection's error otherwise
 */
export async function post({ url, apiKey }: Destination, form: Form, sending: Sending): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'content-type': form.contentType,
    'content-length': form.bytes,
  };
  const request = await open(url, { method: 'POST', headers, agent: false, signal: sending.signal });
  const answer = answerOf(request);
  const sent = pipeline(Readable.from(counted(form, sending), { objectMode: false }), request);
  // A server that refuses may answer before it has all of it, and close: then its answer counts, not the broken pipe.
  const failed = sent.catch((error: unknown) => (error instanceof UserError ? Promise.reject(error) : answer));
  try {
    return await read(await Promise.race([answer, failed.then(() => answer)]));
  } finally {
    request.destroy();
  }
}

async function open(url: URL, options: RequestOptions): Promise<ClientRequest> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const opened = request(url, options);
  opened.setTimeout(SILENCE_MS, () => opened.destroy(timedOut('it says nothing')));
  opened.once('socket', (socket) => limitConnecting(socket, opened));
  return opened;
}

function limitConnecting(socket: Socket, request: ClientRequest): void {
  const timer = setTimeout(() => request.destroy(timedOut('it does not answer')), CONNECT_MS);
  for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

async function* counted(form: Form, { onSent }: Sending): AsyncGenerator<Uint8Array> {
  for await (const piece of form.pieces()) {
    yield piece;
    onSent(piece.length);
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_TEXT) break;
  }
  const { 'retry-after': retryAfter, location } = response.headers;
  return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8'), retryAfter, location };
}
