import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { describe, expect, it } from 'vitest';
import { type RunningPcd, startPcd } from '../test-process.ts';
import { linesOf, makeTempDir } from '../test-server.ts';
import { openRaw, type RawConnection } from './test-raw-http.ts';

const CONNECTIONS = 5000;
const AT_ONCE = 200;
const TIME = 1_767_982_248;

/** Node itself takes all that the hard limit allows. */
const mayOpenThem = Number(execFileSync('sh', ['-c', 'ulimit -Hn | sed s/unlimited/1000000/'])) > CONNECTIONS + 200;

async function openAll(url: string): Promise<RawConnection[]> {
  const all: RawConnection[] = [];
  while (all.length < CONNECTIONS) {
    all.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => openRaw(url)))));
  }
  return all;
}

function someClosed(connections: readonly RawConnection[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const note = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    for (const { closed } of connections) void closed.then(note);
  });
}

/** Sends samples and gets them back. */
async function work(pcd: RunningPcd, home: string): Promise<void> {
  const client = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
  for (let at = 0; at < 10; at += 1) {
    await client.trickle('web01', [JSON.stringify({ timestamp: TIME + at, fields: { a: at } })]);
  }
  expect(linesOf(await text(await client.collection('web01', {})))).toHaveLength(10);
  await client.close();
}

describe.skipIf(!mayOpenThem)('five thousand connections that say nothing', () => {
  const cases = [
    ['keep nobody out, and are closed when their time is over', { PCD_HEADERS_TIMEOUT: '5s' }, CONNECTIONS],
    [
      'are no more than the limit lets be',
      { PCD_HEADERS_TIMEOUT: '10m', PCD_MAX_CONNECTIONS: '500' },
      CONNECTIONS - 500,
    ],
  ] as const;
  for (const [what, env, closes] of cases) {
    it(what, async () => {
      const home = join(makeTempDir(), 'home');
      await using pcd = await startPcd(home, env);
      const idle = await openAll(pcd.url);
      await work(pcd, home);
      await someClosed(idle, closes);
      await work(pcd, home);
      for (const { socket } of idle) socket.destroy();
      expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
      rmSync(join(home, '..'), { recursive: true });
    });
  }
});
