import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const SAMPLE = JSON.stringify({ identifier: 'web01', measurements: [{ timestamp: NOW, fields: { a: 1 } }] });

function send(server: TestServer, payload: Buffer | string, encoding = 'identity', url = '/v1/trickle') {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  return server.as(server.admin, { method: 'POST', url, payload, headers });
}

/** A zstd frame (RFC 8878) of one raw block that asks its decoder for a window of 2^log bytes. */
function frameWithWindow(log: number, content: Buffer): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3]), block, content]);
}

describe('a packed body', () => {
  it('may ask for a window of 8 MiB and no more', async () => {
    await using server = await startServer();
    expect((await send(server, frameWithWindow(23, Buffer.from(SAMPLE)), 'zstd')).statusCode).toBe(200);
    for (const log of [24, 27, 31, 41]) {
      const answer = await send(server, frameWithWindow(log, Buffer.from(SAMPLE)), 'zstd');
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_ENCODING' });
    }
  });

  it('of several frames or members is one body', async () => {
    await using server = await startServer();
    const [head, tail] = [SAMPLE.slice(0, 20), SAMPLE.slice(20)];
    for (const [encoding, pack] of [
      ['zstd', zstdCompressSync],
      ['gzip', gzipSync],
    ] as const) {
      const answer = await send(server, Buffer.concat([pack(head), pack(tail)]), encoding);
      expect([encoding, answer.statusCode, answer.body]).toEqual([encoding, 200, '{}']);
    }
  });

  it('is counted by what comes out of it, until it is answered', async () => {
    await using server = await startServer(undefined, { waitingBytes: 4 * 1024 * 1024 });
    const filler = `{"identifier":"web01","measurements":[],"filler":"${'x'.repeat(3 * 1024 * 1024)}"}`;
    const refusal = await send(server, zstdCompressSync(filler), 'zstd');
    expect(refusalOf(refusal)).toMatchObject({ status: 503, code: 'BUSY' });
    expect(refusal.headers['retry-after']).toBe('1');
    expect((await send(server, zstdCompressSync(SAMPLE), 'zstd')).statusCode).toBe(200);
    await expect.poll(() => server.admission.numbers).toEqual({ waiting: 0, waitingBytes: 0, refused: 1 });
  });
});

describe('a body', () => {
  it('that is not UTF-8 is refused, for it would be stored as something else', async () => {
    await using server = await startServer();
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const [head, tail] = SAMPLE.split('web01');
      const answer = await send(
        server,
        Buffer.concat([Buffer.from(`${head}`), Buffer.from(bytes), Buffer.from(`${tail}`)]),
      );
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_JSON' });
    }
  });

  it('of who has no key is a few bytes', async () => {
    await using server = await startServer();
    const bomb = zstdCompressSync(`{"timestamp":1,"filler":"${'x'.repeat(1024 * 1024)}"}`);
    for (const [payload, encoding] of [
      ['x'.repeat(5000), 'identity'],
      [bomb, 'zstd'],
    ] as const) {
      const answer = await send(server, payload, encoding, '/v1/ping');
      expect(refusalOf(answer)).toMatchObject({ status: 413, code: 'TOO_LARGE' });
    }
  });
});
