import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { collection, fileWith, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const at = (name: string) => join(directory, name);

interface Proxy {
  readonly url: string;
  /** Bytes of the bodies of uploads, in their order. */
  readonly uploads: number[];
}

interface Faults {
  /** How many uploads break off. */
  readonly breaks: number;
  /** After so many bytes. */
  readonly after: number;
  /** What is answered instead; the connection is cut where there is nothing. */
  readonly answer?: (response: ServerResponse) => void;
}

/** What stands between pcctl and pcd, and breaks off some uploads when so many bytes of them have arrived at pcd. */
async function faulty({ breaks, after, answer }: Faults): Promise<Proxy> {
  const uploads: number[] = [];
  const server = createServer((incoming, response) => {
    const { method, url: path, headers } = incoming;
    const onward = request(`${pcd.url}${path}`, { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(response);
    });
    onward.on('error', () => response.destroy());
    if (!path?.startsWith('/v1/upload')) return void incoming.pipe(onward);
    const number = uploads.push(0) - 1;
    incoming.on('data', (chunk: Buffer) => {
      uploads[number] = (uploads[number] ?? 0) + chunk.length;
      if (number >= breaks || (uploads[number] ?? 0) < after) return void onward.write(chunk);
      // What came before the cut is a body that ended well, so that pcd has stored it.
      incoming.removeAllListeners('data').resume();
      onward.removeAllListeners('response').end();
      onward.on('response', (answered) => {
        answered.resume().on('end', () => (answer ? answer(response) : incoming.socket.destroy()));
      });
    });
    incoming.on('end', () => onward.end());
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, uploads };
}

const SAMPLES = 3000;
/** About 150 bytes a sample: pieces of 64 KiB hold some hundred. */
const big = (machine: string) => fileWith(at(`${machine}.json`), collection({ machine, samples: SAMPLES }));

async function samplesOf(machine: string): Promise<number> {
  return ((await pcd.json(['machines', 'show', machine])) as { samples: number }).samples;
}

test('a server that goes away in the middle is tried again, and what it has is not sent again', async () => {
  const { url, uploads } = await faulty({ breaks: 1, after: 200_000 });
  const file = big('cut');
  const { code, stdout, stderr } = await pcd.pcctl(['upload', file, '--server', url], {
    env: { PCCTL_APIKEY: pcd.adminKey() },
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${file}: ${SAMPLES} samples stored\n` });
  expect(stderr).toMatch(/cannot reach http:.*; trying again in 500ms/);
  expect(await samplesOf('cut')).toBe(SAMPLES);
  expect(uploads).toHaveLength(2);
  const whole = collection({ machine: 'cut', samples: SAMPLES }).join('\n').length;
  expect(uploads[1]).toBeLessThan(whole - 100_000);
});

test('one that is overloaded is tried again, too', async () => {
  const busy = JSON.stringify({ error: 'the server has too much to do', code: 'BUSY' });
  const answer = (response: ServerResponse) => response.writeHead(503, { 'retry-after': '1' }).end(busy);
  const { url } = await faulty({ breaks: 1, after: 100_000, answer });
  const { code, stderr } = await pcd.pcctl(['upload', big('busy'), '--server', url], {
    env: { PCCTL_APIKEY: pcd.adminKey() },
  });
  expect(code).toBe(0);
  expect(stderr).toMatch(/the server has too much to do; trying again in/);
  expect(await samplesOf('busy')).toBe(SAMPLES);
});

test('where it does not come back in time the upload fails, and a later one goes on where it was', async () => {
  const { url, uploads } = await faulty({ breaks: 99, after: 200_000 });
  const file = big('later');
  const env = { PCCTL_APIKEY: pcd.adminKey() };
  const broken = await pcd.pcctl(['upload', file, '--server', url, '--retry', '0'], { env });
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('cannot reach');
  const stored = await samplesOf('later');
  expect(stored).toBeGreaterThan(100);
  expect(stored).toBeLessThan(SAMPLES);
  expect(uploads).toHaveLength(1);
  const { code, stdout } = await pcd.pcctl(['upload', file]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${file}: ${SAMPLES - stored} samples stored, ${stored} were there already\n`,
  });
  expect(await samplesOf('later')).toBe(SAMPLES);
});

test('a file that is there already sends nothing, packed or not; --all sends it all the same', async () => {
  const { url, uploads } = await faulty({ breaks: 0, after: 0 });
  const lines = collection({ machine: 'known', samples: 50 });
  const packed = fileWith(at('known.json.zst'), zstdCompressSync(lines.join('\n').concat('\n')));
  const plain = fileWith(at('known.json'), lines);
  const env = { PCCTL_APIKEY: pcd.adminKey() };
  expect((await pcd.pcctl(['upload', plain], { env })).code).toBe(0);
  const { code, stdout } = await pcd.pcctl(['upload', packed, plain, '--server', url], { env });
  expect(code).toBe(0);
  for (const file of [packed, plain]) expect(stdout).toContain(`${file}: 0 samples stored, 50 were there already\n`);
  expect(uploads).toEqual([]);
  expect((await pcd.pcctl(['upload', plain, '--all', '--server', url], { env })).stdout).toContain(
    '50 were there already',
  );
  expect(uploads).toHaveLength(1);
});

test('holes of an earlier upload are filled, and what is wrong keeps its line number', async () => {
  const lines = collection({ machine: 'holes', samples: 20 });
  await pcd.pcctl(['upload', fileWith(at('half.json'), [...lines.slice(0, 6), ...lines.slice(11)])]);
  const file = fileWith(at('holes.json'), [...lines.slice(0, 3), '', 'no line', ...lines.slice(3)]);
  const { code, stdout, stderr } = await pcd.pcctl(['upload', file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `${file}: 5 samples stored, 15 were there already\n` });
  expect(stderr).toContain('line 5 was left out: not JSON');
  expect(await samplesOf('holes')).toBe(20);
});

test('a key that may only send sends everything: it may not ask what is there', async () => {
  const key = at('ingest.key');
  expect((await pcd.pcctl(['keys', 'create', '--name', 'x', '--scopes', 'ingest', '-o', key])).code).toBe(0);
  const file = fileWith(at('ingest.json'), collection({ machine: 'ingest', samples: 7 }));
  for (const known of [0, 7]) {
    const { code, stdout } = await pcd.pcctl(['upload', file, '--apikey-file', key]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${file}: ${7 - known} samples stored${known ? ', 7 were there already' : ''}\n`);
  }
});
