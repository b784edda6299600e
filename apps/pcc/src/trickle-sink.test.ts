import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Client } from '@perfcollector/api';
import { bin, hostRoot } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPcc } from './test-run.ts';

type Pcd = ChildProcessByStdio<null, Readable, null>;

let directory: string;
let started: Pcd[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) await end(child, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const KEY = 'a-key-of-the-file';

async function startPcd(listen = '127.0.0.1:0'): Promise<{ child: Pcd; server: string }> {
  const home = join(directory, 'home');
  const child = spawn(bin('pcd'), ['--home', home, '--listen', listen, '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  writeFileSync(join(home, 'apikeys'), `# agents\n${KEY}\n`);
  return { child, server: / listening on (\S+),/.exec(String(line))?.[1] ?? '' };
}

async function end(child: Pcd, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

function trickle(server: string, env: Record<string, string> = {}, signal?: AbortSignal) {
  return runPcc(['--root', hostRoot('debian12-6.1-aarch64'), '--mode', 'trickle'], {
    env: {
      PCC_SERVER: server,
      PCC_APIKEY: KEY,
      PCC_IDENTIFIER: 'web01',
      PCC_COLLECTION: join(directory, 'unsent.json'),
      ...env,
    },
    ...(signal && { signal }),
  });
}

/** The numbers of the samples that the server keeps, as it exports them. */
async function keptSeqs(server: string): Promise<number[]> {
  const client = new Client({ server, apiKey: readFileSync(join(directory, 'home/admin.key'), 'utf8').trim() });
  const chunks = await (await client.collection('web01', {})).toArray();
  await client.destroy();
  const lines = Buffer.concat(chunks)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ collection: 1, identifier: 'web01' });
  return lines.slice(1).map(({ seq }) => seq);
}

/** How many samples pcc says that it took. */
function taken(stderr: string): number {
  return Number(/(\d+) samples sent to/.exec(stderr)?.[1]);
}

describe('pcc in trickle mode', () => {
  test('sends every sample, header first', async () => {
    const { server } = await startPcd();
    const { code, stderr } = await trickle(server, { PCC_FREQUENCY: '20ms', PCC_DURATION: '400ms' });
    const seqs = await keptSeqs(server);
    expect(code).toBe(0);
    expect(seqs.length).toBe(taken(stderr));
    expect(seqs[0]).toBe(1);
  });

  test('sends what was sampled before it ends on a signal', async () => {
    const { server } = await startPcd();
    const stop = new AbortController();
    const running = trickle(server, { PCC_FREQUENCY: '10ms' }, stop.signal);
    const client = new Client({ server, apiKey: readFileSync(join(directory, 'home/admin.key'), 'utf8').trim() });
    while ((await client.status()).samples < 5) await new Promise(setImmediate);
    stop.abort();
    const { code, stderr } = await running;
    expect(code).toBe(0);
    expect(stderr).toContain(`${(await client.status()).samples} samples sent`);
    await client.destroy();
  });

  test('loses nothing while the server is killed and comes back', async () => {
    const { child, server } = await startPcd();
    const running = trickle(server, { PCC_FREQUENCY: '50ms', PCC_DURATION: '4s' });
    const client = new Client({ server, apiKey: readFileSync(join(directory, 'home/admin.key'), 'utf8').trim() });
    while ((await client.status()).samples < 10) await new Promise(setImmediate);
    await client.destroy();
    await end(child, 'SIGKILL');
    await startPcd(server.replace('http://', ''));
    const { code, stderr } = await running;
    const seqs = await keptSeqs(server);
    expect(seqs.length).toBeGreaterThan(10);
    expect([...new Set(seqs)]).toHaveLength(taken(stderr)); // none lost,
    expect(seqs).toHaveLength(taken(stderr)); // none twice
    expect(stderr).toMatch(/cannot reach .*; samples wait and are sent when that is over/);
    expect(stderr).toMatch(/takes samples again/);
    expect(code).toBe(0);
  });

  test('puts what could not be sent into the file, from where it can be uploaded', async () => {
    const { child, server } = await startPcd();
    await end(child, 'SIGTERM');
    const { code, stderr } = await trickle(server, { PCC_FREQUENCY: '20ms', PCC_DURATION: '100ms' });
    const unsent = join(directory, 'unsent.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot reach http:\/\/127.0.0.1:\d+: ECONNREFUSED/);
    const kept = Number(/0 of (\d+) samples sent/.exec(stderr)?.[1]);
    expect(kept).toBeGreaterThan(0);
    expect(stderr).toContain(`${kept} are in ${unsent}; send them with: pcctl upload ${unsent}`);
    await startPcd(server.replace('http://', ''));
    const client = new Client({ server, apiKey: KEY });
    expect(await client.upload(createReadStream(unsent))).toMatchObject({ stored: kept, problems: [] });
    await client.destroy();
    expect(await keptSeqs(server)).toHaveLength(kept);
  });

  test('ends at once with a sentence when the key is refused from the start, and never tells the key', async () => {
    const { server } = await startPcd();
    const { code, stderr } = await trickle(server, { PCC_APIKEY: 'not-the-right-key' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/refused: the API key is not valid: mistyped, revoked or expired\n {2}Check the key/);
    expect(stderr).not.toContain('not-the-right-key');
  });

  test('ends at once when something else than pcd answers', async () => {
    const other = createServer((_, response) => response.writeHead(200).end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const { code, stderr } = await trickle(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    other.close();
    other.closeAllConnections();
    expect(code).toBe(1);
    expect(stderr).toMatch(/gave no answer that pcd would give/);
  });

  test.each([
    ['breaks off in the middle', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{'],
    ['is no HTTP', 'hello\r\n\r\n'],
    ['tells of an error with status 200', 'HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n{"error":"disk full"}'],
  ])('keeps every sample where the answer %s', async (_, answer) => {
    const other = createTcpServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(answer));
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const server = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const { code, stderr } = await trickle(server, { PCC_FREQUENCY: '50ms', PCC_DURATION: '100ms' });
    other.close();
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/unexpected/);
    const file = join(directory, 'unsent.json');
    const kept = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"seq"'))
      : [];
    const claimed = Number(/ (\d+) are in /.exec(stderr)?.[1] ?? 0);
    expect(kept).toHaveLength(claimed);
    if (!stderr.includes('gave no answer that pcd would give')) expect(claimed).toBeGreaterThan(0);
  });

  test('refuses an address that is none', async () => {
    const { code, stderr } = await trickle('not an address');
    expect(code).toBe(2);
    expect(stderr).toMatch(/"not an address" is no address of a pcd; expected one such as http/);
  });
});
