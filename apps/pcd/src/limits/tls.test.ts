import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { makeCertificates } from '@perfcollector/testing';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { limitConnections } from './connections.ts';
import { cutStalled } from './progress.ts';

const directory = mkdtempSync(join(tmpdir(), 'pcd-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));
const files = makeCertificates(directory);

/** An https server with limits; gives what connects to it. */
async function serve(): Promise<() => Promise<TLSSocket>> {
  const [cert, key, ca] = [files.server.cert, files.server.key, files.ca.cert].map((path) => readFileSync(path));
  const server = createServer({ cert, key, requestTimeout: 0 }, (request, response) => {
    request.resume().once('end', () => response.end('{}'));
  });
  limitConnections(server, { connections: 2, addressConnections: 2 });
  cutStalled(server, 400);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return async () => {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ca });
    socket.on('error', () => {}); // it is cut off
    await once(socket, 'secureConnect');
    return socket;
  };
}

it('connections with TLS are limited too: the one that has been idle for longest makes room', async () => {
  const open = await serve();
  const first = await open();
  await open();
  const closed = once(first.resume(), 'close');
  const third = await open();
  await closed;
  third.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String(await once(third, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
});

it('a body that stalls is cut off on TLS too', async () => {
  const open = await serve();
  const stalled = await open();
  stalled.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx');
  await once(stalled.resume(), 'close');
});
