/** What pcc sends and gets in trickle mode, once a second, counted by a proxy between it and pcd. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Bench, PCC, startTrickle } from './agent-run.ts';
import { startServer } from './server.ts';

const REFERENCE_FIELDS = 300;

export interface WireResult {
  readonly seconds: number;
  /** In a sample of this machine. */
  readonly fields: number;
  /** Bytes a second inside TCP, requests with their headers; the kernel's own headers are not counted. */
  readonly sent: number;
  readonly received: number;
  /** Both, as they would be with 300 fields in a sample, were all bytes in proportion to the fields. */
  readonly scaled: number;
}

export async function measureWire(bench: Bench): Promise<WireResult> {
  await using server = await startServer(bench);
  const proxy = await startProxy(new URL(server.url));
  const child = startTrickle(bench, { server: proxy.url, key: server.key, frequency: '1s' });
  while ((await server.samples()) < 2) await delay(100); // the beginning has the header in it
  const before = { ...proxy.bytes };
  const seconds = bench.isQuick ? 3 : 30;
  await delay(seconds * 1000);
  const sent = (proxy.bytes.sent - before.sent) / seconds;
  const received = (proxy.bytes.received - before.received) / seconds;
  await child.stop();
  await proxy.close();
  const fields = await fieldsHere(bench);
  return { seconds, fields, sent, received, scaled: ((sent + received) * REFERENCE_FIELDS) / fields };
}

async function fieldsHere({ agentArgs }: Bench): Promise<number> {
  const { stdout } = await promisify(execFile)(PCC, ['once', '--json', ...agentArgs], { maxBuffer: 1 << 26 });
  return Object.keys(JSON.parse(stdout).fields).length;
}

interface Proxy {
  readonly url: string;
  readonly bytes: { sent: number; received: number };
  close(): Promise<void>;
}

async function startProxy({ hostname, port }: URL): Promise<Proxy> {
  const bytes = { sent: 0, received: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on('data', (chunk) => (bytes.sent += chunk.length)).pipe(upstream);
    upstream.on('data', (chunk) => (bytes.received += chunk.length)).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('BUG: a TCP server has an address with a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    bytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
