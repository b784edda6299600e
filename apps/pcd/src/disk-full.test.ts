import { appendFileSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ApiError, Client } from '@perfcollector/api';
import { canMount, smallDisk } from '@perfcollector/testing';
import { describe, expect, it } from 'vitest';
import { SHIPPED, startPcd } from './test-process.ts';
import { linesOf } from './test-server.ts';
import { lineOf, nextBatch, timestampOf, Wanderer } from './test-wanderer.ts';

const MACHINES = 3;
const FULL = { status: 507, code: 'DISK_FULL' };

interface Setting {
  readonly client: Client;
  readonly disk: string;
  readonly machines: readonly Wanderer[];
}

/** A pcd whose home is a disk of 64 MiB: SQLite's log alone may take half of it. */
async function onSmallDisk(test: (setting: Setting) => Promise<void>): Promise<void> {
  const disk = smallDisk('size=64m,mode=700');
  await using pcd = await startPcd(disk, {}, SHIPPED);
  const client = new Client({ server: pcd.url, apiKey: readFileSync(join(disk, 'admin.key'), 'utf8').trim() });
  const machines = Array.from({ length: MACHINES }, (_, at) => new Wanderer(`m${at}`));
  await test({ client, disk, machines });
  await client.close();
  expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
}

/** Leaves pcd so much room. */
function fillDisk(disk: string, left: number): void {
  const { bavail, bsize } = statfsSync(disk);
  appendFileSync(join(disk, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left), 1));
}

function freeDisk(disk: string): void {
  rmSync(join(disk, 'ballast'));
}

/** Sends what comes next of a machine. @returns how it was refused */
async function send(machine: Wanderer, client: Client): Promise<unknown> {
  machine.underWay ??= nextBatch(machine);
  const { numbers } = machine.underWay;
  try {
    await client.trickle(machine.name, numbers.map(lineOf));
  } catch (error) {
    return error;
  }
  machine.acknowledged.push(...numbers);
  machine.underWay = undefined;
  return undefined;
}

async function sendUntilRefused(machine: Wanderer, client: Client): Promise<unknown> {
  for (;;) {
    const refusal = await send(machine, client);
    if (refusal !== undefined) return refusal;
  }
}

async function expectAllAcknowledged({ client, machines }: Setting): Promise<void> {
  for (const { name, acknowledged } of machines) {
    const stored = linesOf(await text(await client.collection(name, {})));
    const expected = acknowledged.toSorted((a, b) => timestampOf(a) - timestampOf(b));
    expect(stored).toEqual(expected.map((number) => JSON.parse(lineOf(number))));
  }
}

describe.skipIf(!canMount)('a pcd whose disk is full', () => {
  it('refuses with 507, gives what it acknowledged, and goes on by itself when there is room again', async () => {
    await onSmallDisk(async (setting) => {
      const { client, disk, machines } = setting;
      for (let count = 0; count < 50; count += 1) for (const machine of machines) await send(machine, client);
      fillDisk(disk, 400_000);
      const refusals = await Promise.all(machines.map((machine) => sendUntilRefused(machine, client)));
      for (const refusal of refusals) expect(refusal).toMatchObject(FULL);
      for (const machine of machines) expect(await send(machine, client)).toBeInstanceOf(ApiError);
      await expectAllAcknowledged(setting);
      freeDisk(disk);
      for (let count = 0; count < 50; count += 1)
        for (const machine of machines) expect(await send(machine, client)).toBeUndefined();
      await expectAllAcknowledged(setting);
      expect((await client.verify()).problems).toEqual([]);
    });
  });

  it('does no administrator’s act that it cannot write down, and does it when it can', async () => {
    await onSmallDisk(async ({ client, disk, machines: [machine] }) => {
      if (!machine) return;
      await send(machine, client);
      fillDisk(disk, 100_000);
      expect(await sendUntilRefused(machine, client)).toMatchObject(FULL);
      fillDisk(disk, 0);
      await expect(client.deleteMachine(machine.name)).rejects.toMatchObject(FULL);
      expect((await client.machines()).machines).toMatchObject([{ id: machine.name }]);
      freeDisk(disk);
      expect(await client.deleteMachine(machine.name)).toMatchObject({ samples: machine.acknowledged.length });
    });
  });
});
