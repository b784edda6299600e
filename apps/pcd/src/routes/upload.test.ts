import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { contract } from '@perfcollector/api';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, it, vi } from 'vitest';
import { linesOf, NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const TIME = 1_767_982_248;
const UPSTREAM = upstream();

function header(identifier: string, run = `run of ${identifier}`) {
  return { collection: 1, run, identifier, started: TIME, interval: 10, host: {}, agent: 'pcc 1.0.0', labels: {} };
}

function sample(timestamp: number, more: Record<string, unknown> = {}) {
  return { timestamp, fields: { cpu_user: timestamp - TIME }, ...more };
}

function fileOf(...lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
}

interface Sending {
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

async function upload(
  server: TestServer,
  payload: string | Buffer | Readable,
  { query = '', headers = {} }: Sending = {},
) {
  const key = await server.keyWith(['ingest']);
  return server.as(key, { method: 'POST', url: `/v1/upload${query}`, payload, headers });
}

async function storedOf(server: TestServer, machine = 'web01') {
  return linesOf((await server.as(server.admin, { url: `/v1/machines/${machine}/collection` })).body);
}

const RUN = 'run of web01';
const COLLECTION = [
  header('web01'),
  sample(TIME, { run: RUN, seq: 1 }),
  { timestamp: TIME + 5, run: RUN, event: 'deploy 42' },
  sample(TIME + 10, { run: RUN, seq: 2 }),
];
const REPLY = { machines: ['web01'], samples: 2, stored: 2, duplicates: 0, problems: [] };

describe('a whole collection', () => {
  const text = fileOf(...COLLECTION);
  const packed: readonly [string, Buffer | string][] = [
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['gzip in two members', Buffer.concat([gzipSync(text.slice(0, 99)), gzipSync(text.slice(99))])],
    ['zstd in two frames', Buffer.concat([zstdCompressSync(text.slice(0, 99)), zstdCompressSync(text.slice(99))])],
  ];
  for (const [name, payload] of packed) {
    it(`that is ${name} is taken over and comes back the same`, async () => {
      await using server = await startServer();
      const answer = await upload(server, payload);
      expect([answer.statusCode, answer.json()]).toEqual([200, REPLY]);
      expect(await storedOf(server)).toEqual(COLLECTION);
    });
  }

  it('is taken whatever its Content-Type says', async () => {
    await using server = await startServer();
    for (const type of ['application/json', 'application/octet-stream', 'text/plain', 'application/x-ndjson']) {
      expect((await upload(server, text, { headers: { 'content-type': type } })).statusCode).toBe(200);
    }
  });

  it('may be packed by Content-Encoding as well', async () => {
    await using server = await startServer();
    const answer = await upload(server, zstdCompressSync(gzipSync(text)), { headers: { 'content-encoding': 'zstd' } });
    expect(answer.json()).toEqual(REPLY);
  });

  it('sent again stores nothing twice', async () => {
    await using server = await startServer();
    await upload(server, text);
    expect((await upload(server, text)).json()).toEqual({ ...REPLY, stored: 0, duplicates: 2 });
    expect(await storedOf(server)).toEqual(COLLECTION);
  });

  it('that comes in pieces cut anywhere is read as one', async () => {
    await using server = await startServer();
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7));
    const answer = await upload(server, Readable.from(pieces), { headers: { 'transfer-encoding': 'chunked' } });
    expect(answer.json()).toEqual(REPLY);
    expect(await storedOf(server)).toEqual(COLLECTION);
  });

  it('over 16 MiB is no matter', async () => {
    await using server = await startServer();
    const filler = 'x'.repeat(100_000);
    const lines = Array.from({ length: 180 }, (_, at) => ({ timestamp: TIME + at, fields: { filler } }));
    const payload = fileOf(...lines);
    expect(payload.length).toBeGreaterThan(17 * 1024 * 1024);
    expect((await upload(server, payload, { query: '?identifier=web01' })).json()).toMatchObject({ stored: 180 });
  });

  it('of many commits has every sample once', async () => {
    await using server = await startServer();
    const append = vi.spyOn(server.store, 'append');
    const samples = Array.from({ length: 1001 }, (_, at) => sample(TIME + at));
    const answer = await upload(server, fileOf(...samples), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ samples: 1001, stored: 1001 });
    expect(append.mock.calls.length).toBeGreaterThan(4);
    expect(await storedOf(server)).toEqual(samples);
  });
});

describe('whose samples they are', () => {
  it('many machines in one collection are told apart by their headers', async () => {
    await using server = await startServer();
    const [web, db] = [sample(TIME, { run: RUN }), sample(TIME, { run: 'run of db01' })];
    const answer = await upload(server, fileOf(header('web01'), header('db01'), web, db));
    expect(answer.json()).toMatchObject({ machines: ['web01', 'db01'], stored: 2 });
    expect(await storedOf(server, 'web01')).toEqual([header('web01'), web]);
    expect(await storedOf(server, 'db01')).toEqual([header('db01'), db]);
  });

  it("a sample's own tag is stronger than the header and the query", async () => {
    await using server = await startServer();
    const tagged = sample(TIME, { tags: { machine_id: 'db01' } });
    const answer = await upload(server, fileOf(tagged), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ machines: ['db01'], stored: 1 });
  });

  it('a collection that does not say it, and a query that does', async () => {
    await using server = await startServer();
    const answer = await upload(server, fileOf(sample(TIME)), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ machines: ['web01'], stored: 1 });
  });

  it('nobody says it: refused with what to do', async () => {
    await using server = await startServer();
    const refusal = refusalOf(await upload(server, fileOf(sample(TIME))));
    expect(refusal).toMatchObject({ status: 400, code: 'BAD_COLLECTION' });
    expect(refusal.error).toMatch(/which machine.*identifier=/);
    expect(await server.store.machines('default')).toEqual([]);
  });

  for (const identifier of ['..%2Fx', '', 'a%20b', 'x'.repeat(10_000)]) {
    it(`the identifier ${identifier.slice(0, 20)} is refused`, async () => {
      await using server = await startServer();
      const answer = await upload(server, fileOf(sample(TIME)), { query: `?identifier=${identifier}` });
      expect(refusalOf(answer)).toMatchObject({ status: 400, error: expect.stringContaining('identifier') });
    });
  }

  it('a tag that cannot be a name is refused, the rest is stored', async () => {
    await using server = await startServer();
    const odd = sample(TIME + 1, { tags: { machine_id: '../../x' } });
    const answer = await upload(server, fileOf(sample(TIME), odd), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ machines: ['web01'], stored: 1 });
    expect(answer.json<contract.UploadReply>().problems).toHaveLength(1);
  });

  it('the same collection of another tenant is theirs', async () => {
    await using server = await startServer();
    const theirs = await server.keyWith(['ingest'], 'acme');
    await server.as(theirs, { method: 'POST', url: '/v1/upload', payload: fileOf(...COLLECTION) });
    expect(await server.store.machines('default')).toEqual([]);
    expect(await server.store.machines('acme')).toMatchObject([{ id: 'web01', samples: 2 }]);
  });
});

describe('damage', () => {
  const problemsOf = async (server: TestServer, payload: string | Buffer) => {
    const answer = await upload(server, payload, { query: '?identifier=web01' });
    expect(answer.statusCode).toBe(200);
    return answer.json<contract.UploadReply>();
  };

  it('a torn last line is reported in bytes, the rest is stored', async () => {
    await using server = await startServer();
    const torn = `${fileOf(...COLLECTION)}{"timestamp":17`;
    const reply = await problemsOf(server, torn);
    expect(reply).toMatchObject({ stored: 2, problems: [expect.stringMatching(/last 15 bytes.*unfinished/)] });
  });

  it('a bad line in the middle is reported by its number, the rest is stored', async () => {
    await using server = await startServer();
    const reply = await problemsOf(
      server,
      fileOf(sample(TIME), '{"timestamp":', sample(TIME + 1), '7', sample(TIME + 2)),
    );
    expect(reply.stored).toBe(3);
    expect(reply.problems).toEqual([expect.stringMatching(/^line 2 /), expect.stringMatching(/^line 4 /)]);
  });

  it('a thousand bad lines are counted, not told one by one', async () => {
    await using server = await startServer();
    const { problems } = await problemsOf(
      server,
      fileOf(sample(TIME), ...Array(1000).fill('garbage'), sample(TIME + 1)),
    );
    expect(problems.length).toBeLessThan(20);
    expect(problems.join(' ')).toMatch(/990 more/);
  });

  it('samples of a wrong time are refused and counted, the rest is stored', async () => {
    await using server = await startServer();
    const wrong = Array.from({ length: 30 }, (_, at) => sample(at));
    const reply = await problemsOf(server, fileOf(sample(TIME), ...wrong, sample(NOW + 200_000)));
    expect(reply.stored).toBe(1);
    expect(reply.problems[0]).toMatch(/1970-01-01/);
    expect(reply.problems.at(-1)).toMatch(/21 more/);
    expect(reply.problems.length).toBeLessThan(20);
  });

  for (const [name, pack] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    it(`a ${name} file that is cut off gives what can be unpacked`, async () => {
      await using server = await startServer();
      const samples = Array.from({ length: 20_000 }, (_, at) => sample(TIME + at / 10, { noise: Math.sin(at) }));
      const packed = pack(fileOf(...samples));
      const reply = await problemsOf(server, packed.subarray(0, Math.floor(packed.length / 2)));
      expect(reply.stored).toBeGreaterThan(1000);
      expect(reply.stored).toBeLessThan(20_000);
      expect(reply.problems).not.toEqual([]);
      const stored = await storedOf(server);
      expect(stored).toEqual(samples.slice(0, stored.length));
    });
  }

  const nothing: readonly [string, string | Buffer][] = [
    ['an empty body', ''],
    ['blank lines', '\n\n\n'],
    ['a header alone', fileOf(header('web01'))],
    ['noise', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))],
    ['one unfinished line', '{"timestamp":1767982248'],
    ['packed nothing', gzipSync('')],
    ['a gzip head and then noise', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(100, 0xab)])],
    ['only samples of a wrong time', fileOf(sample(5), sample(6))],
  ];
  for (const [name, payload] of nothing) {
    it(`${name}: refused in a sentence, and the server goes on`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await upload(server, payload, { query: '?identifier=web01' }));
      expect(refusal.status).toBe(400);
      expect(refusal.error.length).toBeLessThan(400);
      expect((await upload(server, fileOf(...COLLECTION))).json()).toEqual(REPLY);
    });
  }

  it('a body without end of lines that unpacks to very much is cut off', async () => {
    await using server = await startServer();
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 'x'));
    const answer = await upload(server, bomb, { query: '?identifier=web01' });
    expect(refusalOf(answer)).toMatchObject({ status: 413, code: 'TOO_LARGE' });
  });

  it('what came whole of a sender that breaks off is stored', async () => {
    await using server = await startServer();
    const key = await server.keyWith(['ingest']);
    const { hostname, port } = new URL(await server.app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), hostname);
    const head = `POST /v1/upload HTTP/1.1\r\nHost: pcd\r\nX-API-Key: ${key}\r\nContent-Length: 100000\r\n\r\n`;
    const parsed = once(server.app.server, 'request');
    socket.write(`${head}${fileOf(...COLLECTION)}{"timestamp":`);
    await parsed;
    socket.resetAndDestroy();
    await expect.poll(() => storedOf(server)).toEqual(COLLECTION);
  });
});

describe.skipIf(!hasUpstream)('recordings of perfcollector2', () => {
  const recordings = [
    ['azure-cpuinfo/loadtest-cpuinfo.json', '/proc/cpuinfo'],
    ['azure-suse/pcc_collection.json', ''],
    ['containers/container_collection.json', ''],
  ] as const;
  for (const [file, withoutFields] of recordings) {
    it(`${file} gives one sample a timestamp, sent whole or trickled`, async () => {
      await using server = await startServer();
      const text = readFileSync(UPSTREAM + file, 'utf8');
      const lines = linesOf(text);
      const times = new Set(lines.filter(({ subsystem }) => subsystem !== withoutFields).map((line) => line.timestamp));
      const reply = (await upload(server, text, { query: '?identifier=whole' })).json<contract.UploadReply>();
      expect(reply).toEqual({
        machines: ['whole'],
        samples: times.size,
        stored: times.size,
        duplicates: 0,
        problems: [],
      });
      const key = await server.keyWith(['ingest']);
      const payload = { identifier: 'trickled', measurements: lines };
      await server.as(key, { method: 'POST', url: '/v1/trickle', payload });
      const fieldsOf = async (machine: string) => (await storedOf(server, machine)).map(({ fields }) => fields);
      expect(await fieldsOf('trickled')).toEqual(await fieldsOf('whole'));
    });
  }
});

describe('odd collections', () => {
  it('whose event comes before the first sample of its run are taken over as they were exported', async () => {
    await using server = await startServer();
    const [head, , , last] = COLLECTION;
    const event = { timestamp: TIME, run: RUN, event: 'begin' };
    await upload(server, fileOf(head, event, last));
    const exported = await storedOf(server);
    expect(exported).toEqual([head, event, last]);
    await server.as(server.admin, { method: 'DELETE', url: '/v1/machines/web01' });
    expect((await upload(server, fileOf(...exported))).json()).toMatchObject({ stored: 1, problems: [] });
    expect(await storedOf(server)).toEqual(exported);
  });

  it('of events alone are stored', async () => {
    await using server = await startServer();
    const answer = await upload(server, fileOf(COLLECTION[0], COLLECTION[2]));
    expect([answer.statusCode, answer.json()]).toEqual([200, { ...REPLY, samples: 0, stored: 0 }]);
    expect(await storedOf(server)).toEqual([COLLECTION[0], COLLECTION[2]]);
  });

  it('with a sample several times count the others as duplicates', async () => {
    await using server = await startServer();
    const one = sample(TIME);
    const answer = await upload(server, fileOf(one, one, one), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ samples: 3, stored: 1, duplicates: 2 });
  });

  it('of a few huge lines are committed long before they fill the memory', async () => {
    await using server = await startServer();
    const append = vi.spyOn(server.store, 'append');
    const lines = Array.from({ length: 12 }, (_, at) => ({
      timestamp: TIME + at,
      fields: { filler: 'x'.repeat(3_000_000) },
    }));
    const answer = await upload(server, zstdCompressSync(fileOf(...lines)), { query: '?identifier=web01' });
    expect(answer.json()).toMatchObject({ stored: 12 });
    expect(append.mock.calls.length).toBeGreaterThanOrEqual(6);
    expect(await storedOf(server)).toHaveLength(12);
  });
});
