import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { SHIPPED, startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';

const HOUR = 3600;
const [NODE = '', ...PCD] = SHIPPED;
const PROGRAM = [NODE, '--import', fileURLToPath(new URL('test-set-clock.ts', import.meta.url)), ...PCD];

interface Setting {
  readonly client: Client;
  /** Puts the clock of pcd wrong; seconds. */
  setClock(seconds: number): void;
}

async function withPcd(env: Record<string, string>, test: (setting: Setting) => Promise<void>): Promise<void> {
  const directory = makeTempDir();
  const clock = join(directory, 'clock');
  const setClock = (seconds: number) => {
    writeFileSync(`${clock}.new`, String(seconds * 1000));
    renameSync(`${clock}.new`, clock);
  };
  setClock(0);
  const home = join(directory, 'home');
  {
    await using pcd = await startPcd(home, { TEST_CLOCK: clock, ...env }, PROGRAM);
    const client = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
    await test({ client, setClock });
    await client.close();
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
  }
  rmSync(directory, { recursive: true });
}

/** A sample of a run; a number more, a second later. */
function sampleOf(seq: number, timestamp: number) {
  return { timestamp, run: 'r', seq, fields: { seq } };
}

function header(started: number): string {
  return JSON.stringify({ collection: 1, run: 'r', identifier: 'web01', started, interval: 1, agent: 'pcc 1.0.0' });
}

async function stored(client: Client): Promise<unknown[]> {
  return linesOf(await text(await client.collection('web01', {}))).filter((line) => 'seq' in line);
}

it('a server whose clock is set back an hour takes what comes, deletes nothing young and tells no nonsense', async () => {
  await withPcd({ PCD_RETENTION: '1h' }, async ({ client, setClock }) => {
    const now = Math.floor(Date.now() / 1000);
    const samples = Array.from({ length: 60 }, (_, at) => sampleOf(at + 1, now - 59 + at));
    const send = (some: typeof samples) =>
      client.trickle('web01', [header(now), ...some.map((one) => JSON.stringify(one))]);
    await send(samples.slice(0, 30));
    setClock(-HOUR);
    await send(samples.slice(30)); // for it the agent is an hour ahead now
    expect(await client.prune({ raw: HOUR })).toMatchObject({ samples: 0 });
    expect(await stored(client)).toEqual(samples);
    const { machines } = await client.machines();
    expect(machines).toMatchObject([{ state: 'live', last: now }]);
    const { uptime, server } = await client.status();
    const numbers = [uptime, server?.samples_per_second, server?.values_per_second, server?.disk.days_left];
    for (const number of numbers) expect(number).toBeGreaterThanOrEqual(0);
    expect(server?.samples_per_second).toBeLessThanOrEqual(samples.length);
    setClock(0);
    expect((await client.machines()).machines).toMatchObject([{ state: 'gone' }]);
    await send([sampleOf(61, now + 1)]);
    expect((await client.machines()).machines).toMatchObject([{ state: 'live', samples: 61 }]);
    expect((await client.verify()).problems).toEqual([]);
  });
});

it('who is at the limit of requests when the clock is set back an hour waits a second, and not that hour', async () => {
  await withPcd({ PCD_RATE_LIMIT: '3' }, async ({ client, setClock }) => {
    const ask = () =>
      client.machines().then(
        () => 'answered',
        ({ code }) => code as string,
      );
    const untilRefused = async () => {
      while ((await ask()) !== 'TOO_MANY_REQUESTS');
    };
    await untilRefused();
    setClock(-HOUR);
    await expect.poll(ask).toBe('answered');
    await untilRefused();
    setClock(0);
    await expect.poll(ask).toBe('answered');
  });
});

it('an agent whose clock is set back an hour loses no sample, also where it comes by the same times again', async () => {
  await withPcd({}, async ({ client }) => {
    const now = Math.floor(Date.now() / 1000);
    const before = Array.from({ length: 30 }, (_, at) => sampleOf(at + 1, now - HOUR + at));
    const after = Array.from({ length: 60 }, (_, at) => sampleOf(31 + at, now - HOUR - 30 + at));
    const send = (some: typeof before) =>
      client.trickle(
        'web01',
        some.map((one) => JSON.stringify(one)),
      );
    await client.trickle('web01', [header(now - HOUR)]);
    await send(before);
    await send(after);
    await send(after); // an agent that had no answer
    const bySeq = (lines: unknown[]) => (lines as typeof before).toSorted((a, b) => a.seq - b.seq);
    expect(bySeq(await stored(client))).toEqual([...before, ...after]);
    const { total } = await client.completeness('web01');
    expect(total).toMatchObject({ expected: 90, received: 90, missing_samples: 0, duplicates: 60 });
  });
});
