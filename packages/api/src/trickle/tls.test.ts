import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '@perfcollector/testing';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { TlsFiles } from './http-connection.ts';
import { TrickleConnection } from './trickle-connection.ts';

const directory = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(directory, { recursive: true }));
const ours = makeCertificates(directory);
const LINE = Buffer.from('{"timestamp":1,"fields":{}}\n');

async function serve(options: ServerOptions = {}): Promise<{ port: number; clients: string[] }> {
  const files = { cert: readFileSync(ours.server.cert), key: readFileSync(ours.server.key) };
  const clients: string[] = [];
  const server = createServer({ ...files, ...options }, (request, response) => {
    const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
    clients.push(String(subject?.CN));
    response.end('{}');
  });
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, clients };
}

function connectTo(port: number, tls: TlsFiles, host = '127.0.0.1'): TrickleConnection {
  const connection = new TrickleConnection({ server: `https://${host}:${port}`, apiKey: 'a-key', tls });
  onTestFinished(() => connection.close());
  return connection;
}

test('a server that our own authority signed is trusted, by its address and by its name', async () => {
  const { port } = await serve();
  const ca = readFileSync(ours.ca.cert);
  const connection = connectTo(port, { ca });
  await connection.send('m', [LINE]);
  await connection.send('m', [LINE]);
  expect(connection.opened).toBe(1);
  await connectTo(port, { ca }, 'localhost').send('m', [LINE]);
});

test('a server that nobody known signed is not, and the key never leaves', async () => {
  const { port, clients } = await serve();
  const connection = connectTo(port, {});
  await expect(connection.send('m', [LINE])).rejects.toMatchObject({
    code: 'TLS',
    status: 0,
    message: expect.stringMatching(/cannot reach https:\S+ securely: .*certificate.*\(\w+\)$/),
  });
  expect(clients).toEqual([]);
});

test('a certificate for another name is refused', async () => {
  const { cert, key } = ours.ca; // names no address at all
  const { port } = await serve({ cert: readFileSync(cert), key: readFileSync(key) });
  const connection = connectTo(port, { ca: readFileSync(cert) });
  await expect(connection.send('m', [LINE])).rejects.toMatchObject({ code: 'TLS', status: 0 });
});

test('a server that wants to know its clients is shown the certificate', async () => {
  const { port, clients } = await serve({ ca: readFileSync(ours.ca.cert), requestCert: true });
  const [ca, cert, key] = [ours.ca.cert, ours.client.cert, ours.client.key].map((path) => readFileSync(path));
  await connectTo(port, { ca, cert, key }).send('m', [LINE]);
  expect(clients).toEqual(['client']);
});

test('without it, the server refuses, and that is told as a matter of TLS', async () => {
  const { port } = await serve({ ca: readFileSync(ours.ca.cert), requestCert: true });
  const connection = connectTo(port, { ca: readFileSync(ours.ca.cert) });
  await expect(connection.send('m', [LINE])).rejects.toMatchObject({ code: 'TLS', status: 0 });
});

test('a server that speaks no TLS is told as such', async () => {
  const { createServer: createPlain } = await import('node:http');
  const plain = createPlain().listen(0, '127.0.0.1');
  await once(plain, 'listening');
  onTestFinished(() => void plain.close());
  const connection = connectTo((plain.address() as AddressInfo).port, {});
  await expect(connection.send('m', [LINE])).rejects.toMatchObject({ code: 'TLS', status: 0 });
});
