/**
 * The agents of a whole fleet, in one process of its own, so that a look at the server sees the server alone. It makes all
 * requests first, says `ready`, and begins when a line comes; its result is one line of JSON on standard output.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { trickleBodies } from './bodies.ts';
import { generateMachine, type Span } from './fleet.ts';
import { seededRandom } from './random.ts';

/** What the bench tells it, as JSON in its only argument. */
export interface FleetOrder {
  readonly port: number;
  readonly key: string;
  readonly hosts: number;
  readonly intervalMs: number;
  /** A host sends so many, one at a time. */
  readonly samplesEach: number;
  /** Of these. */
  readonly span: Span;
  /** And none of the first of them: they are there already. */
  readonly preloaded: number;
}

export interface Acknowledged {
  /** Milliseconds since the beginning when the sample was there. */
  readonly dueMs: number;
  /** From then until its whole answer was. */
  readonly tookMs: number;
  /** Of HTTP; 0 where the server closed the connection instead. */
  readonly status: number;
}

export interface FleetReport {
  readonly acknowledged: readonly Acknowledged[];
  /** How late the client itself was with the latest of its samples: no time of the server's holds that. */
  readonly latestMs: number;
  /** Of the client, from beginning to end. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Instead of an HTTP status, where the server closed the connection. */
const CLOSED = 0;

/** One host: its connection, and the requests that it has left. */
class Host {
  readonly #socket: Socket;
  readonly #requests: Buffer[];
  readonly #done: (due: number, status: number) => void;
  /** When each request was due that is not acknowledged yet; the first of them is under way. */
  readonly #due: number[] = [];
  #received = '';

  constructor(socket: Socket, requests: Buffer[], done: (due: number, status: number) => void) {
    this.#socket = socket;
    this.#requests = requests;
    this.#done = done;
    socket
      .setNoDelay(true)
      .setEncoding('latin1')
      .on('data', (text: string) => this.#read(text));
    socket.on('error', () => {}).on('close', () => this.#fail());
  }

  /** The next sample is there; it waits where the one before is still under way. */
  tick(due: number): void {
    this.#due.push(due);
    if (this.#socket.destroyed) this.#fail();
    else if (this.#due.length === 1) this.#send();
  }

  #send(): void {
    const request = this.#requests.shift();
    if (request) this.#socket.write(request);
  }

  #fail(): void {
    for (const due of this.#due.splice(0)) this.#done(due, CLOSED);
  }

  #read(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1] ?? 0);
    if (head < 0 || this.#received.length < head + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#done(this.#due.shift() ?? Number.NaN, status);
    if (this.#due.length > 0) this.#send();
  }
}

const order = JSON.parse(process.argv[2] ?? '') as FleetOrder;
const report = await run(order);
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));

async function run({ hosts: count, port }: FleetOrder): Promise<FleetReport> {
  const acknowledged: Acknowledged[] = [];
  let started = 0;
  const note = (due: number, status: number) =>
    acknowledged.push({ dueMs: due - started, tookMs: performance.now() - due, status });
  const prepared = Array.from({ length: count }, (_, at) => requestsOf(at));
  const hosts: Host[] = [];
  for (const requests of prepared) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    hosts.push(new Host(socket, requests, note));
  }
  console.log('ready');
  await once(createInterface({ input: process.stdin }), 'line');
  const cpu = process.cpuUsage();
  started = performance.now();
  const latestMs = await tickAll(hosts, started);
  while (acknowledged.length < count * order.samplesEach) await delay(20);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  return { acknowledged, latestMs, cpuSeconds: (user + system) / 1e6, seconds };
}

/** As pcc sends: one sample a request, each packed alone. */
function requestsOf(at: number): Buffer[] {
  const { span, preloaded, key, port } = order;
  const whole = generateMachine(at + 1, span);
  const machine = { ...whole, samples: () => whole.samples().drop(preloaded) };
  const head = `POST /v1/trickle HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-API-Key: ${key}\r\n`;
  const type = 'Content-Type: application/json\r\nContent-Encoding: zstd\r\n';
  return trickleBodies(machine, 1)
    .map(({ bytes }) => Buffer.concat([Buffer.from(`${head}${type}Content-Length: ${bytes.length}\r\n\r\n`), bytes]))
    .toArray();
}

/** Hosts tick at moments of their own, spread over the interval by chance. @returns how late the latest tick was */
async function tickAll(hosts: readonly Host[], started: number): Promise<number> {
  const random = seededRandom(hosts.length);
  const ticks = hosts.map((host) => ({ host, offset: random() * order.intervalMs }));
  ticks.sort((a, b) => a.offset - b.offset);
  let latestMs = 0;
  for (let round = 0; round < order.samplesEach; round++) {
    for (const { host, offset } of ticks) {
      const due = started + round * order.intervalMs + offset;
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      latestMs = Math.max(latestMs, performance.now() - due);
      host.tick(performance.now());
    }
  }
  return latestMs;
}
