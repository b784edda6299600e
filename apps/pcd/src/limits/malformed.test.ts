import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { startPcd } from '../test-process.ts';
import { linesOf, makeTempDir } from '../test-server.ts';
import { malformedRequest, randomFrom } from './test-malformed.ts';
import { openRaw, type RawConnection } from './test-raw-http.ts';

const SEED = 20_260_111;
const REQUESTS = 10_000;
const CONNECTIONS = 12;
/** When everything that is made once has been made. */
const WARM = 3000;
const MOST_GROWTH = 128 * 1024 * 1024;
const MARK = 'the-victims-own-number-8152371';
const TIME = 1_767_982_248;

function residentBytes(pid: number | undefined): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

it('ten thousand malformed requests break nothing, fill nothing and show nothing of another tenant', async () => {
  const home = join(makeTempDir(), 'home');
  const quick = { PCD_STALL_TIMEOUT: '2s', PCD_HEADERS_TIMEOUT: '2s', PCD_LOGLEVEL: 'error' };
  await using pcd = await startPcd(home, {
    ...quick,
    PCD_RATE_LIMIT: '100000000',
    PCD_ADDRESS_RATE_LIMIT: '100000000',
  });
  const admin = new Client({ server: pcd.url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
  const keyOf = async (tenant: string) =>
    (await admin.createKey({ name: tenant, tenant, scopes: ['ingest', 'read', 'admin'] })).key;
  const victim = new Client({ server: pcd.url, apiKey: await keyOf('victim') });
  const mallory = await keyOf('mallory');
  const keys = [...Array<string>(20).fill(mallory), 'not-a-key', '', `${mallory}x`, '__proto__'];

  let [sent, good, warm] = [0, 0, 0];
  const wrong: string[] = [];
  const random = randomFrom(SEED);
  const sendGood = async () => {
    good += 1;
    const line = JSON.stringify({ timestamp: TIME + good, fields: { MARK } });
    await victim.trickle('secret01', [line]);
  };
  const sendMany = async () => {
    let connection: RawConnection | undefined;
    while (sent < REQUESTS) {
      sent += 1;
      const [at, { about, bytes, isLast }] = [sent, malformedRequest(random, keys)];
      if (at % 100 === 0) await sendGood();
      if (at === WARM) warm = residentBytes(pcd.process.child.pid);
      if (!connection?.isOpen) connection = await openRaw(pcd.url);
      connection.socket[isLast ? 'end' : 'write'](bytes);
      const answer = await connection.answer(about.startsWith('HEAD'));
      if (answer && answer.status >= 500) wrong.push(`${about}\n  ${answer.text}`);
      if (answer?.text.includes(MARK)) wrong.push(`${about} shows what is another's`);
      // What is left of a request that is none would be taken for the next one.
      if (isLast || answer?.status !== 200) connection.socket.destroy();
    }
    connection?.socket.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendMany));

  expect(wrong).toEqual([]);
  expect(residentBytes(pcd.process.child.pid) - warm).toBeLessThan(MOST_GROWTH);
  const stored = linesOf(await text(await victim.collection('secret01', {})));
  expect(stored).toHaveLength(good);
  for (const { fields } of stored) expect(fields).toEqual({ MARK });
  expect((await admin.machines()).machines).toEqual([]);
  await Promise.all([victim.close(), admin.close()]);
  const { code, stderr } = await pcd.process.kill('SIGTERM');
  expect([code, stderr]).toEqual([0, '']);
  rmSync(join(home, '..'), { recursive: true });
}, 240_000);
