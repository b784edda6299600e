import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@perfcollector/api';
import { openSqliteStore } from '@perfcollector/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PcdProcess, SHIPPED, startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';
import { lineOf, nextBatch, timestampOf, Wanderer } from './test-wanderer.ts';

const KILLS = 50;
const MACHINES = 4;
/** One in so many starts is killed before it listens, more or less; one in so many goes on until roll-ups are made. */
const [KILL_WHILE_STARTING, KILL_LATE] = [5, 17];
/** Milliseconds. The store looks for days whose roll-ups are to be made every five seconds. */
const [LONGEST_START, LONGEST_RUN, LATE] = [600, 500, 5500];

interface Fleet {
  readonly home: string;
  readonly machines: readonly Wanderer[];
  /** What each start took until it listened: seconds of the wall clock, and of the processor. */
  readonly starts: { readonly wall: number; readonly cpu: number }[];
}

function adminKey({ home }: Fleet): string {
  return readFileSync(join(home, 'admin.key'), 'utf8').trim();
}

/** Of a process and its threads, in seconds; proc_pid_stat(5). */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function killWhileStarting({ home }: Fleet): Promise<void> {
  const pcd = new PcdProcess([], { PCD_LISTENADDRESS: '127.0.0.1:0', PCD_HOME: home }, SHIPPED);
  await sleep(Math.random() * LONGEST_START);
  expect(await pcd.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL', stderr: '' });
}

async function killUnderLoad(fleet: Fleet, runs: number): Promise<void> {
  const began = performance.now();
  await using pcd = await startPcd(fleet.home, {}, SHIPPED);
  fleet.starts.push({ wall: (performance.now() - began) / 1000, cpu: cpuSeconds(pcd.process.child.pid) });
  const client = new Client({ server: pcd.url, apiKey: adminKey(fleet) });
  const sending = fleet.machines.map((machine) => sendUntilKilled(machine, client));
  await sleep(runs);
  expect(await pcd.process.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL', stderr: '' });
  await Promise.all(sending);
  await client.destroy();
}

/** What was under way when the server went comes again, as from any agent: it may have been stored. */
async function sendUntilKilled(machine: Wanderer, client: Client): Promise<void> {
  for (;;) {
    machine.underWay ??= nextBatch(machine);
    const { numbers } = machine.underWay;
    try {
      await client.trickle(machine.name, numbers.map(lineOf));
    } catch {
      return; // whatever a killed server looks like from here: no acknowledgement came
    }
    machine.acknowledged.push(...numbers);
    machine.underWay = undefined;
  }
}

describe(`after ${KILLS} times kill -9 at random moments`, { timeout: 600_000 }, () => {
  const fleet: Fleet = {
    home: join(makeTempDir(), 'home'),
    machines: Array.from({ length: MACHINES }, (_, at) => new Wanderer(`m${at}`)),
    starts: [],
  };

  beforeAll(async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      if (kill % KILL_WHILE_STARTING === 0) await killWhileStarting(fleet);
      else await killUnderLoad(fleet, kill % KILL_LATE === 0 ? LATE : Math.random() * LONGEST_RUN);
    }
  }, 600_000);
  afterAll(() => rmSync(join(fleet.home, '..'), { recursive: true }));

  it('every sample that was acknowledged is there exactly once, as it was sent, and none was invented', async () => {
    const store = await openSqliteStore(join(fleet.home, 'pcd.sqlite'));
    for (const { name, acknowledged, underWay } of fleet.machines) {
      const text = await Array.fromAsync(store.collection({ tenant: 'default', machine: name }, {}));
      const stored = linesOf(text.join(''));
      const lines = (numbers: readonly number[]) =>
        numbers.toSorted((a, b) => timestampOf(a) - timestampOf(b)).map((number) => JSON.parse(lineOf(number)));
      // Of the batch without an answer everything is there or nothing.
      const whole =
        stored.length === acknowledged.length ? acknowledged : [...acknowledged, ...(underWay?.numbers ?? [])];
      expect(stored).toEqual(lines(whole));
    }
    await store.close();
  });

  it('the store passes its check, and has sealed', async () => {
    const store = await openSqliteStore(join(fleet.home, 'pcd.sqlite'));
    const { problems, chunks, samples } = await store.maintenance.verify();
    expect(problems).toEqual([]);
    expect(chunks).toBeGreaterThan(MACHINES);
    expect(samples).toBe((await store.stats()).samples);
    await store.close();
  });

  it('every start is quick', () => {
    const cpu = fleet.starts.map((start) => start.cpu).sort((a, b) => a - b);
    const wall = fleet.starts.map((start) => start.wall).sort((a, b) => a - b);
    const told = (sorted: number[]) =>
      `${sorted[sorted.length >> 1]?.toFixed(2)} s, at most ${sorted.at(-1)?.toFixed(2)} s`;
    console.log(`starts: ${told(wall)}; of the processor ${told(cpu)}`);
    // Of the processor, as others may use it too; the wall clock is for a start that waits for something.
    expect(cpu[cpu.length >> 1]).toBeLessThan(3);
    expect(wall.at(-1)).toBeLessThan(20);
  });
});
