import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { openSqliteStore } from '@perfcollector/storage';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { PcdProcess, startPcd } from '../test-process.ts';
import { linesOf, makeTempDir } from '../test-server.ts';

const TIME = 1_767_982_248;

let directory: string;
let home: string;

beforeEach(() => {
  directory = makeTempDir();
  home = join(directory, 'home');
  return () => rmSync(directory, { recursive: true });
});

function adminKey(): string {
  return readFileSync(join(home, 'admin.key'), 'utf8').trim();
}

function line(timestamp: number, fields: object = { a: 1 }): string {
  return JSON.stringify({ timestamp, fields });
}

/** Runs pcd in this process with what it is given; it is told to stop before it begins. */
async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: new PassThrough(), stdout, stderr, env, signal: AbortSignal.abort() };
  const code = await main(argv, io);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

describe('keys', () => {
  it('were used last when the store says, after the server was told to stop', async () => {
    const before = Date.now() / 1000;
    await using pcd = await startPcd(home);
    const client = new Client({ server: pcd.url, apiKey: adminKey() });
    await client.machines();
    await client.close();
    await pcd.process.kill('SIGTERM');
    const store = await openSqliteStore(join(home, 'pcd.sqlite'));
    const [admin] = await store.keys();
    await store.close();
    expect(admin?.last_used).toBeGreaterThanOrEqual(before);
  });
});

describe('starting', () => {
  it('says in one line where it listens and where its home is, and serves there', async () => {
    await using pcd = await startPcd(home);
    expect(pcd.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const client = new Client({ server: pcd.url, apiKey: adminKey() });
    expect(await client.version()).toMatchObject({ name: 'pcd', api: 'v1' });
    expect(await client.machines()).toEqual({ machines: [] });
    await client.close();
    const { code, stdout } = await pcd.process.kill('SIGTERM');
    expect(stdout).toMatch(/^pcd \d+\.\d+\.\d+ listening on http:\/\/127\.0\.0\.1:\d+, home \/.*\/home\n$/);
    expect(code).toBe(0);
  });

  it('says that VictoriaMetrics does not keep to the retention that was given', async () => {
    const variables = { PCD_HOME: home, PCD_LISTENADDRESS: '127.0.0.1:0' };
    const ofStore = (store: string) => run(['--retention', '30d', '--store', store], variables);
    expect(await ofStore('victoriametrics+http://127.0.0.1:1')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('its own -retentionPeriod'),
    });
    expect((await ofStore('sqlite')).stderr).not.toContain('retentionPeriod');
  });

  it('a flag is stronger than the variables, PCD_LISTENADDRESS than LISTENADDRESS', async () => {
    const variables = { PCD_HOME: home, PCD_LISTENADDRESS: '127.0.0.1:0', LISTENADDRESS: 'nonsense' };
    expect(await run([], variables)).toMatchObject({ code: 0, stdout: expect.stringContaining(`home ${home}`) });
    const flags = ['--listen', '127.0.0.1:0', '--home', join(directory, 'other')];
    const both = await run(flags, { PCD_HOME: home, PCD_LISTENADDRESS: 'nonsense' });
    expect(both).toMatchObject({ code: 0, stdout: expect.stringContaining(`home ${join(directory, 'other')}`) });
    expect(await run([], { PCD_HOME: home, LISTENADDRESS: 'nonsense' })).toMatchObject({ code: 2 });
  });

  it('every address of the machine may be meant', async () => {
    const any = await run(['--listen', ':0', '--home', home, '--insecure-http']);
    expect(any).toMatchObject({ code: 0, stdout: expect.stringMatching(/listening on http:\/\/\S+:\d+/) });
  });

  it('a home that others may look into is told of, with what to do', async () => {
    mkdirSync(home, { mode: 0o755 });
    const { stderr } = await run(['--listen', '127.0.0.1:0', '--home', home]);
    expect(stderr).toContain(`chmod 700 ${home}`);
  });
});

describe('starting in vain', () => {
  const addresses = [
    '8080',
    'localhost',
    '127.0.0.1:',
    '127.0.0.1:99999',
    '127.0.0.1:-1',
    '::1:80',
    'http://a:1',
    'a:b',
  ];
  for (const address of addresses) {
    it(`the address ${address} is a mistake in use: exit code 2, with an example`, async () => {
      const { code, stderr } = await run(['--listen', address, '--home', home]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^pcd: --listen: .*127\.0\.0\.1:8080/);
    });
  }

  it('a bad address ends the process with 2', async () => {
    const { code, stdout, stderr } = await new PcdProcess([], { PCD_HOME: home, PCD_LISTENADDRESS: 'nonsense' }).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('PCD_LISTENADDRESS: "nonsense"');
  });

  it('unknown flags, levels and words are mistakes in use', async () => {
    for (const argv of [['--nonsense'], ['--log-level', 'loud'], ['nonsense'], ['--listen']]) {
      const { code, stderr } = await run(argv, { PCD_HOME: home });
      expect({ argv, code }).toEqual({ argv, code: 2 });
      expect(stderr).toMatch(/^pcd: \S/);
    }
  });

  it('a port that is in use ends the process with 1 and a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stderr } = await new PcdProcess(['--listen', address], { PCD_HOME: home }).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`pcd: cannot listen on ${address}: the address is in use\n`);
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
  });

  it('a home that another pcd uses ends it with 1, and the first goes on', async () => {
    await using first = await startPcd(home);
    const second = await new PcdProcess(['--listen', '127.0.0.1:0'], { PCD_HOME: home }).ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^pcd: cannot open the store .*\n.*Another pcd uses this home/);
    const client = new Client({ server: first.url, apiKey: adminKey() });
    expect(await client.machines()).toEqual({ machines: [] });
    await client.close();
  });

  it('a store that is none ends it with 1 and is left as it is', async () => {
    mkdirSync(home, { mode: 0o700 });
    const noise = 'no database '.repeat(1000);
    writeFileSync(join(home, 'pcd.sqlite'), noise);
    const { code, stderr } = await run(['--listen', '127.0.0.1:0', '--home', home]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcd: cannot open the store .*pcd\.sqlite: .*\n.*backup/);
    expect(readFileSync(join(home, 'pcd.sqlite'), 'utf8')).toBe(noise);
  });

  it('a home that is a file ends it with 1', async () => {
    writeFileSync(home, '');
    const { code, stderr } = await run(['--listen', '127.0.0.1:0', '--home', home]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcd: cannot make the home directory/);
  });
});

describe('stopping', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`a request in flight at ${signal} is answered, its sample is kept, and pcd ends with 0`, async () => {
      await using pcd = await startPcd(home);
      const keepAlive = new Agent({ keepAlive: true }); // its open connection must not hold the stop up
      const body = `{"identifier":"web01","measurements":[${line(TIME)}]}`;
      const headers = { 'x-api-key': adminKey(), 'content-type': 'application/json', expect: '100-continue' };
      const half = request(`${pcd.url}/v1/trickle`, { method: 'POST', headers, agent: keepAlive });
      half.flushHeaders();
      await once(half, 'continue'); // pcd has begun with the request
      half.write(body.slice(0, 30));
      pcd.process.child.kill(signal);
      await pcd.process.said(/stopping/);
      half.end(body.slice(30));
      const [answer] = (await once(half, 'response')) as [IncomingMessage];
      expect([answer.statusCode, await json(answer)]).toEqual([200, {}]);
      expect(await pcd.process.ended).toMatchObject({ code: 0, signal: null });
      expect(Object.values(keepAlive.sockets).flat()).toEqual([]);
      keepAlive.destroy();
      const store = await openSqliteStore(join(home, 'pcd.sqlite'));
      expect(await store.machines('default')).toMatchObject([{ id: 'web01', samples: 1 }]);
      await store.close();
    });
  }

  it('an export in flight is given to its end', async () => {
    await using pcd = await startPcd(home);
    const client = new Client({ server: pcd.url, apiKey: adminKey() });
    const filler = 'x'.repeat(50_000);
    for (let at = 0; at < 1000; at += 100) {
      await client.trickle(
        'web01',
        Array.from({ length: 100 }, (_, more) => line(TIME + at + more, { filler })),
      );
    }
    const stream = await client.collection('web01', {});
    await once(stream, 'readable');
    pcd.process.child.kill('SIGTERM');
    await pcd.process.said(/stopping/);
    expect(linesOf(await text(stream))).toHaveLength(1000);
    await client.close();
    expect(await pcd.process.ended).toMatchObject({ code: 0 });
  });

  it('idle connections keep nobody waiting, and nobody new is let in', async () => {
    await using pcd = await startPcd(home);
    const client = new Client({ server: pcd.url, apiKey: adminKey() });
    await client.machines(); // leaves its connection open
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
    await expect(client.machines()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await client.destroy();
  });

  it('the log is JSON lines without the key', async () => {
    await using pcd = await startPcd(home, { PCD_LOGLEVEL: 'trace' });
    const client = new Client({ server: pcd.url, apiKey: adminKey() });
    await client.trickle('web01', [line(TIME, { MARK: 1 })]);
    await client.machines();
    await client.close();
    const { stderr } = await pcd.process.kill('SIGTERM');
    const routes = linesOf(stderr).map(({ route }) => route);
    expect(routes).toContain('/v1/trickle');
    expect(stderr).not.toContain(adminKey());
    expect(stderr).not.toContain('MARK');
  });
});
