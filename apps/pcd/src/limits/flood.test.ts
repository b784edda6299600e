import { Client } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { NOW, startServer, type TestServer } from '../test-server.ts';
import { openRaw, requestBytes } from './test-raw-http.ts';

const FLOODERS = 60;
const POLITE_REQUESTS = 20;

/** Sends without end and without waiting for what is said to it. Returns what ends that, and gives the answers by status. */
async function flood(url: string, key: string) {
  const body = JSON.stringify({ identifier: 'flood', measurements: [{ timestamp: NOW, fields: { a: 1 } }] });
  const bytes = requestBytes('POST /v1/trickle', [`X-API-Key: ${key}`, 'Content-Type: application/json'], body);
  const statuses = new Map<number, number>();
  let isOver = false;
  const send = async () => {
    let connection = await openRaw(url);
    while (!isOver) {
      if (!connection.isOpen) connection = await openRaw(url);
      connection.socket.write(bytes);
      const status = (await connection.answer())?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    connection.socket.destroy();
  };
  const sending = Promise.all(Array.from({ length: FLOODERS }, send));
  return {
    statuses,
    end: async () => {
      isOver = true;
      await sending;
    },
  };
}

async function sendPolitely(server: TestServer, url: string): Promise<void> {
  const client = new Client({ server: url, apiKey: await server.keyWith(['ingest', 'read'], 'polite') });
  for (let at = 0; at < POLITE_REQUESTS; at += 1) {
    await client.trickle('web01', [JSON.stringify({ timestamp: NOW - at, fields: { at } })]);
  }
  expect((await client.machines()).machines).toMatchObject([{ id: 'web01', samples: POLITE_REQUESTS }]);
  await client.close();
}

const cases = [
  ['by the second', { keyRate: POLITE_REQUESTS + 10 }, 429],
  ['by what is in work', { waiting: 8 }, 503],
] as const;
for (const [how, limits, refusal] of cases) {
  it(`a flood from one key is limited ${how}, and another key has every request answered`, async () => {
    await using server = await startServer(undefined, limits);
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    const { statuses, end } = await flood(url, await server.keyWith(['ingest']));
    await sendPolitely(server, url);
    await expect.poll(() => statuses.get(refusal) ?? 0, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(() => statuses.get(200) ?? 0, { timeout: 30_000 }).toBeGreaterThan(0);
    await end();
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== refusal)).toEqual([]);
  });
}
