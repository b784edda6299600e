import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@perfcollector/api';
import { hostRoot, makeCertificates } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPcc } from './test-run.ts';

const PCC = fileURLToPath(new URL('./bin.ts', import.meta.url));
const PCD = fileURLToPath(new URL('../../pcd/src/bin.ts', import.meta.url));
const KEY = 'a-key-of-the-file';

let directory: string;
let started: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) await end(child, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

interface Pcd {
  readonly child: ChildProcess;
  readonly server: string;
}

async function startPcd(listen = '127.0.0.1:0'): Promise<Pcd> {
  const home = join(directory, 'home');
  const child = spawn(process.execPath, [PCD, '--home', home, '--listen', listen, '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  writeFileSync(join(home, 'apikeys'), `# agents\n${KEY}\n`);
  return { child, server: / listening on (\S+),/.exec(String(line))?.[1] ?? '' };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

function settings(server: string): Record<string, string> {
  return {
    PCC_MODE: 'trickle',
    PCC_SERVER: server,
    PCC_APIKEY: KEY,
    PCC_IDENTIFIER: 'web01',
    PCC_SPOOL: join(directory, 'spool'),
    PCC_FREQUENCY: '20ms',
  };
}

function trickle(server: string, env: Record<string, string> = {}, signal?: AbortSignal) {
  return runPcc(['--root', hostRoot('debian12-6.1-aarch64')], {
    env: { ...settings(server), PCC_DURATION: '200ms', ...env },
    ...(signal && { signal }),
  });
}

/** pcc as a process of its own, which can be killed. */
function spawnPcc(server: string, env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [PCC, '--root', hostRoot('debian12-6.1-aarch64')], {
    env: { PATH: process.env.PATH, ...settings(server), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  return child;
}

interface Kept {
  readonly collection?: 1;
  readonly run: string;
  readonly seq: number;
  readonly timestamp: number;
  readonly fields: object;
}

function clientOf(server: string): Client {
  return new Client({ server, apiKey: readFileSync(join(directory, 'home/admin.key'), 'utf8').trim() });
}

/** What the server keeps, as it exports it. */
async function kept(server: string): Promise<{ headers: Kept[]; samples: Kept[] }> {
  const client = clientOf(server);
  const lines = (await text(await client.collection('web01', {}))).trim().split('\n');
  await client.destroy();
  const parsed = lines.map((line) => JSON.parse(line) as Kept);
  return {
    headers: parsed.filter(({ collection }) => collection === 1),
    samples: parsed.filter(({ collection }) => collection === undefined),
  };
}

/** Waits until the server keeps so many samples. */
async function untilKept(server: string, count: number): Promise<void> {
  const client = clientOf(server);
  while ((await client.status()).samples < count) await new Promise(setImmediate);
  await client.destroy();
}

/** How many samples pcc says that it took. */
function taken(stderr: string): number {
  return Number(/(\d+) samples sent to/.exec(stderr)?.[1]);
}

describe('pcc in trickle mode', () => {
  test('sends every sample, header first, and leaves an empty spool', async () => {
    const { server } = await startPcd();
    const { code, stderr } = await trickle(server);
    const { headers, samples } = await kept(server);
    expect(code).toBe(0);
    expect(headers).toMatchObject([{ identifier: 'web01' }]);
    expect(samples.length).toBe(taken(stderr));
    expect(samples[0]?.seq).toBe(1);
    expect(readdirSync(join(directory, 'spool'))).toEqual([]);
  });

  test('sends what was sampled before it ends on a signal', async () => {
    const { server } = await startPcd();
    const stop = new AbortController();
    const running = trickle(server, { PCC_DURATION: '1h' }, stop.signal);
    await untilKept(server, 5);
    stop.abort();
    const { code, stderr } = await running;
    expect(code).toBe(0);
    expect((await kept(server)).samples).toHaveLength(taken(stderr));
  });

  test('loses nothing while the server is killed and comes back', async () => {
    const { child, server } = await startPcd();
    const stop = new AbortController();
    const running = trickle(server, { PCC_DURATION: '1h' }, stop.signal);
    await untilKept(server, 10);
    await end(child, 'SIGKILL');
    await startPcd(server.replace('http://', ''));
    await untilKept(server, 40);
    stop.abort();
    const { code, stderr } = await running;
    const { samples } = await kept(server);
    expect(samples).toHaveLength(taken(stderr)); // none lost, none twice
    expect(new Set(samples.map(({ seq }) => seq)).size).toBe(samples.length);
    expect(stderr).toMatch(/cannot reach .*; samples wait in .* and are sent when that is over/);
    expect(stderr).toMatch(/takes samples again/);
    expect(code).toBe(0);
  });

  test('pcc and pcd are killed again and again: to the sample, everything written is at the server once', async () => {
    let pcd = await startPcd();
    const written = new Map<string, Set<number>>();
    let total = 0;
    for (let round = 0; round < 4; round += 1) {
      const pcc = spawnPcc(pcd.server);
      total += 15;
      await untilKept(pcd.server, total);
      await end(pcd.child, 'SIGKILL'); // samples begin to wait
      if (round % 2 === 0) pcd = await startPcd(pcd.server.replace('http://', ''));
      await untilSpooled(written, 5);
      await end(pcc, 'SIGKILL');
      noteSpooled(written);
      if (round % 2 === 1) pcd = await startPcd(pcd.server.replace('http://', ''));
    }
    const { code } = await trickle(pcd.server);
    expect(code).toBe(0);
    expect(readdirSync(join(directory, 'spool'))).toEqual([]);
    const { headers, samples } = await kept(pcd.server);
    const runs = Map.groupBy(samples, ({ run }) => run);
    expect([...runs.keys()].sort()).toEqual(headers.map(({ run }) => run).sort());
    expect(runs.size).toBe(5);
    for (const [run, ofRun] of runs) {
      const seqs = ofRun.map(({ seq }) => seq);
      expect(new Set(seqs).size).toBe(seqs.length); // none twice
      for (const seq of written.get(run) ?? []) expect(seqs).toContain(seq); // none of the spool missing
    }
    expect(samples.length).toBeGreaterThan(60);
  });

  test('what one run could not send, the next one does, under the header of its own run', async () => {
    const { child, server } = await startPcd();
    await end(child, 'SIGTERM');
    const first = await trickle(server);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/cannot reach http:\/\/127.0.0.1:\d+: ECONNREFUSED/);
    const count = Number(/0 of (\d+) samples sent/.exec(first.stderr)?.[1]);
    expect(count).toBeGreaterThan(0);
    const spool = join(directory, 'spool');
    expect(first.stderr).toContain(`; ${count} wait in ${spool} and are sent when pcc runs again`);
    await startPcd(server.replace('http://', ''));
    const [segment = ''] = readdirSync(spool).filter((name) => /^\d+\.json$/.test(name));
    const client = clientOf(server); // each segment is a collection
    expect(await client.upload(createReadStream(join(spool, segment)))).toMatchObject({ stored: count, problems: [] });
    await client.destroy();
    const second = await trickle(server);
    expect(second.code).toBe(0);
    const { headers, samples } = await kept(server);
    expect([headers.length, samples.length]).toEqual([2, taken(second.stderr)]);
  });

  test('a refused key ends nothing: it is said once and never told, and samples wait in the spool', async () => {
    const { server } = await startPcd();
    const { code, stderr } = await trickle(server, { PCC_APIKEY: 'not-the-right-key' });
    expect(code).toBe(1);
    expect(stderr.match(/refused: the API key is not valid: mistyped, revoked or expired/g)).toHaveLength(1);
    expect(stderr).toMatch(/\n {2}Check the key/);
    expect(stderr).toMatch(/0 of \d+ samples sent .* wait in/);
    expect(stderr).not.toContain('not-the-right-key');
    const { code: again } = await trickle(server);
    expect(again).toBe(0);
  });

  test('a second pcc on the same spool is refused, by the name of the first', async () => {
    const { server } = await startPcd();
    const first = spawnPcc(server);
    await untilKept(server, 1);
    const { code, stderr } = await trickle(server);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`the spool .* is in use by another pcc, process ${first.pid}\n {2}Stop that one`),
    );
  });
});

describe('the way to the server', () => {
  test('a sample a second of 300 fields takes less than 4 kB on the wire', async () => {
    const { server } = await startPcd();
    const upstream = Number(new URL(server).port);
    let bytes = 0;
    const counting = createTcpServer((socket) => {
      const onward = connect(upstream, '127.0.0.1');
      for (const side of [socket, onward]) side.on('error', () => {});
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.pipe(onward).pipe(socket);
    });
    const port = await portOf(counting);
    const { stderr } = await trickle(`http://127.0.0.1:${port}`, { PCC_FREQUENCY: '100ms', PCC_DURATION: '2s' });
    counting.close();
    const { samples } = await kept(server);
    const fields = Object.keys(samples[0]?.fields ?? {}).length;
    const perSample = bytes / taken(stderr);
    console.log(`${Math.round(perSample)} bytes on the wire for a sample of ${fields} fields`);
    expect(samples).toHaveLength(taken(stderr));
    expect(perSample).toBeGreaterThan(200);
    expect((perSample / fields) * 300).toBeLessThan(4000);
  });

  test('over TLS with an authority and a client certificate of our own', async () => {
    const files = makeCertificates(directory);
    let requests = 0;
    const options = {
      cert: readFileSync(files.server.cert),
      key: readFileSync(files.server.key),
      ca: readFileSync(files.ca.cert),
    };
    const other = createTls({ ...options, requestCert: true }, (request, response) => {
      requests += 1;
      request.resume().on('end', () => response.end('{}'));
    });
    const server = `https://127.0.0.1:${await portOf(other.on('tlsClientError', () => {}))}`;
    const wrong = await trickle(server);
    expect(wrong.stderr).toMatch(/cannot reach https:\S+ securely: .*; samples wait in .*\n {2}Check the certificates/);
    expect([wrong.code, requests]).toEqual([1, 0]);
    const { cert, key } = files.client;
    const { code } = await trickle(server, { PCC_CA: files.ca.cert, PCC_CERT: cert, PCC_KEY: key });
    expect(code).toBe(0);
    expect(requests).toBeGreaterThan(0);
    other.closeAllConnections();
    other.close();
  });

  test('a server that is no loopback address and has no TLS: said that the key can be read on the way', async () => {
    const unusable = { PCC_SPOOL: PCC }; // what is said before that is enough here
    const { stderr } = await trickle('http://pcd.invalid', unusable);
    expect(stderr.match(/warn: http:\/\/pcd.invalid is no https address/g)).toHaveLength(1);
    for (const server of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://pcd.invalid'])
      expect((await trickle(server, unusable)).stderr).not.toContain('no https address');
  });
});

describe('trickle mode used wrongly', () => {
  const https = 'https://127.0.0.1:1';
  test.each([
    [
      'an address that is none',
      'not an address',
      {},
      2,
      /"not an address" is no address of a pcd; expected one such as/,
    ],
    ['a CA file that is not there', https, { PCC_CA: '/nowhere' }, 1, /cannot read the certificate \/nowhere: no such/],
    ['a CA file that holds none', https, { PCC_CA: PCC }, 1, /cannot use .*: there is no certificate in it/],
    ['a key file that holds none', https, { PCC_CERT: '$cert', PCC_KEY: PCC }, 1, /there is no private key in it/],
    [
      'the key of another certificate',
      https,
      { PCC_CERT: '$cert', PCC_KEY: '$other' },
      1,
      /is not the one of the cert/,
    ],
    ['a certificate without its key', https, { PCC_CERT: '$cert' }, 2, /go together\n {2}Set both/],
    [
      'certificates for plain http',
      'http://127.0.0.1:1',
      { PCC_CA: '$cert' },
      2,
      /certificates are of no use for http/,
    ],
    ['a spool that is a file', 'http://127.0.0.1:1', { PCC_SPOOL: PCC }, 1, /cannot make the spool .*bin.ts/],
    ['too small a spool', 'http://127.0.0.1:1', { PCC_SPOOL_MAX: '1KiB' }, 2, /PCC_SPOOL_MAX: 1KiB is too small/],
    ['a key that is none', 'http://127.0.0.1:1', { PCC_APIKEY: 'a key' }, 1, /the API key holds a blank/],
  ])('%s is told in a sentence', async (_, server, env: Record<string, string>, code, message) => {
    const files = JSON.stringify(env).includes('$') ? makeCertificates(directory) : undefined;
    const named: Record<string, string | undefined> = { $cert: files?.client.cert, $other: files?.server.key };
    const values = Object.entries(env).map(([name, value]) => [name, named[value] ?? value]);
    const ran = await trickle(server, Object.fromEntries(values));
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Whole samples in the spool, in the order of their files. */
function spooledSamples(): Kept[] {
  const spool = join(directory, 'spool');
  return readdirSync(spool)
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => readFileSync(join(spool, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as Kept)
    .filter(({ seq }) => seq !== undefined);
}

function noteSpooled(written: Map<string, Set<number>>): void {
  for (const { run, seq } of spooledSamples()) written.set(run, (written.get(run) ?? new Set()).add(seq));
}

/** Waits until so many samples more are in the spool than were seen so far. */
async function untilSpooled(written: Map<string, Set<number>>, more: number): Promise<void> {
  const count = () => [...written.values()].reduce((sum, { size }) => sum + size, 0);
  noteSpooled(written);
  for (const before = count(); count() < before + more; noteSpooled(written)) await new Promise(setImmediate);
}
