import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { PcdProcess, startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';

const TIME = 1_767_982_248;
const HEADER = {
  collection: 1,
  run: '5cf0d3a7-4a14-4dd6-9c4b-0f8f5b0f5f01',
  identifier: 'web01',
  started: TIME,
  interval: 10,
  host: { hostname: 'web01' },
  agent: 'pcc 1.0.0',
  labels: {},
};

function sampleAt(seq: number) {
  return {
    timestamp: TIME + seq * 10 + 0.003,
    run: HEADER.run,
    seq,
    tags: { machine_id: 'web01' },
    fields: { cpu_user: 223_485 + seq, loadavg_1min: 0.07, net_eth0_rx_bytes: `1844674407370955${seq}`, os: 'Debian' },
  };
}

let engine: VictoriaMetrics;
let directory: string;
beforeEach(async () => {
  engine = await startVictoriaMetrics();
  directory = makeTempDir();
  return async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  };
});

function startWithEngine(home: string) {
  return startPcd(home, { PCD_STORE: `victoriametrics+${engine.url}` });
}

function clientOf(url: string, home: string): Client {
  return new Client({ server: url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
}

async function trickle(client: Client, seqs: readonly number[], lines: readonly object[] = []): Promise<void> {
  await client.trickle(
    'web01',
    [...lines, ...seqs.map(sampleAt)].map((line) => JSON.stringify(line)),
  );
}

describe.skipIf(!hasVictoriaMetrics)('pcd in front of VictoriaMetrics', () => {
  it('gives back what agents sent, also after pcd was killed and began anew', async () => {
    const home = join(directory, 'home');
    const samples = Array.from({ length: 9 }, (_, at) => sampleAt(at + 1));
    {
      await using pcd = await startWithEngine(home);
      const client = clientOf(pcd.url, home);
      for (const { seq } of samples) await trickle(client, [seq], seq === 1 ? [HEADER] : []);
      await client.destroy();
    }
    await engine.flush();
    await using pcd = await startWithEngine(home);
    const client = clientOf(pcd.url, home);
    expect(linesOf(await text(await client.collection('web01', {})))).toEqual([HEADER, ...samples]);
    expect(await client.machines()).toMatchObject({ machines: [{ id: 'web01', samples: 9, runs: 1 }] });
    expect(await client.completeness('web01', {})).toMatchObject({
      total: { expected: 9, received: 9, missing_samples: 0 },
    });
    expect(await client.status()).toMatchObject({ store: { kind: 'victoriametrics' } });
    await client.destroy();
  });

  it('tells agents to wait while the engine is down, and takes their samples when it is back', async () => {
    const home = join(directory, 'home');
    await using pcd = await startWithEngine(home);
    const client = clientOf(pcd.url, home);
    await engine.stop('SIGTERM');
    const apiKey = readFileSync(join(home, 'admin.key'), 'utf8').trim();
    const refused = await fetch(`${pcd.url}/v1/trickle`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: 'web01', measurements: [sampleAt(1)] }),
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'UNAVAILABLE', error: expect.stringContaining('again') });
    await engine.start();
    await trickle(client, [1, 2]);
    await engine.flush();
    expect(linesOf(await text(await client.collection('web01', {})))).toEqual([sampleAt(1), sampleAt(2)]);
    await client.destroy();
  });

  it('two of them share one engine and a copy of the keys', async () => {
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    mkdirSync(second, { mode: 0o700 });
    await using one = await startWithEngine(first);
    await trickle(clientOf(one.url, first), [1]);
    await one.process.kill('SIGTERM');
    for (const name of ['pcd.sqlite', 'admin.key']) copyFileSync(join(first, name), join(second, name));
    await using again = await startWithEngine(first);
    await using other = await startWithEngine(second);
    await trickle(clientOf(again.url, first), [2]);
    await trickle(clientOf(other.url, first), [3]); // with the key that the first one made
    await engine.flush();
    const client = clientOf(other.url, second);
    expect(linesOf(await text(await client.collection('web01', {})))).toEqual([1, 2, 3].map(sampleAt));
    await client.destroy();
  });

  it('a store that is none is a mistake in use, told without its password', async () => {
    for (const store of ['postgres', 'victoriametrics+ftp://pcd:hidden@host', 'http://pcd:hidden@host']) {
      const { code, stderr } = await new PcdProcess(['--listen', '127.0.0.1:0'], {
        PCD_HOME: directory,
        PCD_STORE: store,
      }).ended;
      expect({ store, code }).toEqual({ store, code: 2 });
      expect(stderr).toMatch(/^pcd: PCD_STORE: .*expected .*victoriametrics\+http:\/\/127\.0\.0\.1:8428/);
      expect(stderr).not.toContain('hidden');
    }
  });
});
