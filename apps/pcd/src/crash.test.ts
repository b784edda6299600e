import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';

const START = 1_700_000_000;
const AGENTS = 5;
const BATCH = 3;
const ROUNDS = 4;

/** One machine's agent: it sends numbered samples, a few at a time, and remembers which were acknowledged. */
interface Agent {
  readonly name: string;
  /** All samples below this number were acknowledged. */
  acknowledged: number;
  /** The numbers of the batch that was under way when the server was killed; it may be stored or not. */
  unsure: readonly number[];
}

function lineOf(number: number): string {
  return JSON.stringify({ timestamp: START + number, fields: { number, filler: 'x'.repeat(300) } });
}

function nextBatch({ acknowledged }: Agent): number[] {
  return Array.from({ length: BATCH }, (_, at) => acknowledged + at);
}

/** Sends batch after batch until the server is gone. */
async function trickleUntilKilled(agent: Agent, client: Client, onAcknowledged: () => void): Promise<void> {
  for (;;) {
    agent.unsure = nextBatch(agent);
    try {
      await client.trickle(agent.name, agent.unsure.map(lineOf));
    } catch {
      return; // whatever a killed server looks like from here: no acknowledgement came
    }
    agent.acknowledged += BATCH;
    onAcknowledged();
  }
}

async function numbersOf(client: Client, { name }: Agent): Promise<number[]> {
  const lines = linesOf(await text(await client.collection(name, {})));
  for (const line of lines) expect(line).toEqual(JSON.parse(lineOf(Number(line.timestamp) - START)));
  return lines.map(({ timestamp }) => Number(timestamp) - START);
}

it('every sample that was acknowledged before a kill -9 is there exactly once after it', async () => {
  const home = join(makeTempDir(), 'home');
  const agents: Agent[] = Array.from({ length: AGENTS }, (_, at) => ({ name: `m${at}`, acknowledged: 0, unsure: [] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    await using pcd = await startPcd(home);
    const client = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
    let left = 20 + Math.floor(Math.random() * 200);
    const onAcknowledged = () => {
      left -= 1;
      if (left === 0) pcd.process.child.kill('SIGKILL');
    };
    await Promise.all(agents.map((agent) => trickleUntilKilled(agent, client, onAcknowledged)));
    expect(await pcd.process.ended).toMatchObject({ signal: 'SIGKILL' });
    await client.destroy();
    await checkEverything(home, agents);
  }
  rmSync(join(home, '..'), { recursive: true });
});

async function checkEverything(home: string, agents: readonly Agent[]): Promise<void> {
  await using pcd = await startPcd(home);
  const client = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
  for (const agent of agents) {
    if (agent.acknowledged === 0) continue;
    const stored = await numbersOf(client, agent);
    const certain = Array.from({ length: agent.acknowledged }, (_, number) => number);
    // Of the batch without an answer everything is there or nothing.
    expect([certain, [...certain, ...agent.unsure]]).toContainEqual(stored);
    await client.trickle(agent.name, agent.unsure.map(lineOf));
    agent.acknowledged += BATCH;
    expect(await numbersOf(client, agent)).toEqual([...certain, ...agent.unsure]);
  }
  await client.close();
  expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
}
