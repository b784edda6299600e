/** What the tests of sending share: a server that answers as a test wants, and a sink that sends to it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { TrickleConnection } from '@perfcollector/api/trickle';
import { onTestFinished } from 'vitest';
import { captureLog, headerOf, sampleLine } from '../spool/test-lines.ts';
import { type TrickleSetup, TrickleSink } from '../trickle-sink.ts';
import { Bell } from './bell.ts';

export interface ReceivedLine {
  readonly collection?: 1;
  readonly run: string;
  readonly seq?: number;
  readonly event?: string;
  readonly fields?: { readonly filler: string };
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Lines of the request that are kept although it is refused, as pcd does it. */
  readonly keeps?: (line: ReceivedLine) => boolean;
}

export const OK: Answer = { status: 200, body: {} };

/** A real HTTP server with pcd's manners. */
export class Receiver {
  /** Each request's lines, whatever was answered. */
  readonly requests: ReceivedLine[][] = [];
  /** What it keeps, in the order that it came. */
  readonly kept: ReceivedLine[] = [];
  readonly sockets = new Set<number>();
  answer: (lines: readonly ReceivedLine[], bytes: number) => Answer | 'never' = () => OK;
  readonly #bell = new Bell();
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<string> {
    const server = createServer(async (request, response) => {
      const text = zstdDecompressSync(await buffer(request)).toString();
      const { measurements } = JSON.parse(text) as { measurements: ReceivedLine[] };
      this.sockets.add(request.socket.remotePort ?? 0);
      this.requests.push(measurements);
      const answer = this.answer(measurements, text.length);
      if (answer === 'never') return;
      const { status, body, headers, keeps = () => status === 200 } = answer;
      this.kept.push(...measurements.filter(keeps));
      response.writeHead(status, headers).end(JSON.stringify(body ?? { error: 'not now', code: 'TEST' }));
      this.#bell.ring();
    });
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** The numbers of the samples that it keeps, each once. */
  seqs(): number[] {
    const seqs = this.kept.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
    return [...new Set(seqs)].sort((a, b) => a - b);
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    for (let { next } = this.#bell; !isSo(); { next } = this.#bell) await next;
  }
}

/** A clock whose sleeps are noted and over at once, so that no test waits for a pause. */
function hastyClock() {
  const pauses: number[] = [];
  return {
    pauses,
    monotonic: () => performance.now(),
    async sleep(ms: number) {
      pauses.push(ms);
      await new Promise(setImmediate);
    },
  };
}

export interface Sending {
  readonly sink: TrickleSink;
  readonly said: string[];
  readonly clock: ReturnType<typeof hastyClock>;
  /** Adds samples with these numbers. */
  add(from: number, to: number, filler?: number): void;
}

export async function startSink(
  server: string,
  directory: string,
  setup: Partial<TrickleSetup> = {},
): Promise<Sending> {
  const { log, said } = captureLog();
  const clock = hastyClock();
  const run = setup.header?.run ?? 'a';
  const sink = await TrickleSink.open({
    server,
    directory,
    connect: () => new TrickleConnection({ server, apiKey: 'a-key-of-tests' }),
    maxBytes: 64 * 1024 * 1024,
    fsync: 'never',
    header: headerOf(run),
    log,
    sender: { clock, random: () => 1 },
    closingMs: 500,
    ...setup,
  });
  onTestFinished(async () => void (await sink.close()));
  const add = (from: number, to: number, filler = 0) => {
    for (let seq = from; seq <= to; seq += 1) sink.add(sampleLine(run, seq, filler), 'sample');
  };
  return { sink, said, clock, add };
}
