import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Client } from './client.ts';
import { TrickleConnection } from './trickle/trickle-connection.ts';

const LINE = '{"timestamp":1,"fields":{}}\n';

test('client and agent reach a server on a Unix socket, and nothing of the path is in what they ask', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'unix '));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'a b%20.sock');
  const asked: unknown[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    asked.push([method, url, headers.host, headers['x-api-key']]);
    response.end(method === 'GET' ? '{"name":"pcd","version":"1","api":"v1"}' : '{}');
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const options = { server: `unix:${path}`, apiKey: 'a-key' };
  const client = new Client(options);
  expect(await client.version()).toMatchObject({ name: 'pcd' });
  await client.trickle('m', [LINE]);
  await client.close();
  const agent = new TrickleConnection(options);
  await agent.send('m', [Buffer.from(LINE)]);
  agent.close();
  expect(asked).toEqual([
    ['GET', '/v1/version', 'localhost', 'a-key'],
    ['POST', '/v1/trickle', 'localhost', 'a-key'],
    ['POST', '/v1/trickle', 'localhost', 'a-key'],
  ]);
});

test.each(['unix:', 'unix:/', 'unix:pcd.sock'])('%j is no address', (server) => {
  expect(() => new Client({ server })).toThrow(/is no address of a pcd/);
  expect(() => new TrickleConnection({ server })).toThrow(/is no address of a pcd/);
});
