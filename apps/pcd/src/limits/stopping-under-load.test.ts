import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { startPcd } from '../test-process.ts';
import { linesOf, makeTempDir } from '../test-server.ts';
import { openRaw, requestBytes } from './test-raw-http.ts';

const AGENTS = 20;
const BEFORE_STOP = 300;
const TIME = 1_767_982_248;

/** One machine's agent, and the numbers of its samples that pcd acknowledged. */
interface Agent {
  readonly name: string;
  readonly client: Client;
  readonly acknowledged: number[];
}

function lineOf(number: number): string {
  return JSON.stringify({ timestamp: TIME + number, fields: { number, filler: 'x'.repeat(500) } });
}

/** Sends until it is refused: how, it tells. */
async function sendUntilRefused({ name, client, acknowledged }: Agent, onSent: () => void): Promise<unknown> {
  for (let number = 0; ; number += 1) {
    try {
      await client.trickle(name, [lineOf(number)]);
    } catch (error) {
      return error;
    }
    acknowledged.push(number);
    onSent();
  }
}

/** A collection that does not come to its end by itself. */
async function* endlessCollection(signal: AbortSignal): AsyncGenerator<string> {
  for (let number = 0; !signal.aborted; number += 1) {
    yield `${lineOf(number)}\n`;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('a pcd that is told to stop in the middle of everything ends, and keeps all that it acknowledged', async () => {
  const home = join(makeTempDir(), 'home');
  const over = new AbortController();
  await using pcd = await startPcd(home);
  const options = { server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() };
  const agents: Agent[] = Array.from({ length: AGENTS }, (_, at) => {
    return { name: `m${at}`, client: new Client(options), acknowledged: [] };
  });
  let left = BEFORE_STOP;
  const told = Promise.withResolvers<void>();
  const onSent = () => {
    left -= 1;
    if (left === 0) told.resolve();
  };
  const sending = agents.map((agent) => sendUntilRefused(agent, onSent));
  const uploader = new Client(options);
  const uploading = uploader.upload(Readable.from(endlessCollection(over.signal)), 'uploaded').catch((error) => error);
  const stuck = await openRaw(pcd.url); // half a request, for ever
  const headers = [`X-API-Key: ${options.apiKey}`, 'Content-Type: application/json', 'Content-Length: 1000'];
  stuck.socket.write(requestBytes('POST /v1/trickle', headers, '{"identifier":'));
  await told.promise;
  pcd.process.child.kill('SIGTERM');
  await pcd.process.said(/stopping/);
  const refusals = await Promise.all([...sending, uploading, stuck.closed]);
  const { code, signal, stderr } = await pcd.process.ended;
  const unlogged = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect({ code, signal, unlogged }).toEqual({ code: 0, signal: null, unlogged: [] });
  over.abort();
  for (const refusal of refusals.slice(0, AGENTS)) {
    expect(['STOPPING', 'UNREACHABLE']).toContain((refusal as { code: string }).code);
  }
  await Promise.all([...agents.map(({ client }) => client.destroy()), uploader.destroy()]);
  await checkAll(home, agents);
  rmSync(join(home, '..'), { recursive: true });
});

async function checkAll(home: string, agents: readonly Agent[]): Promise<void> {
  await using pcd = await startPcd(home);
  const client = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
  for (const { name, acknowledged } of agents) {
    const stored = linesOf(await text(await client.collection(name, {}))).map(
      ({ timestamp }) => Number(timestamp) - TIME,
    );
    // The one that was under way may have been stored without its acknowledgement having come.
    expect([acknowledged, [...acknowledged, acknowledged.length]]).toContainEqual(stored);
  }
  await client.close();
}
