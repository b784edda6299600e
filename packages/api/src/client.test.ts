import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { Client } from './client.ts';
import { COLLECTION_TYPE } from './contract.ts';

const KEY = 'pck_0123456789ab_secret';

/** A server that answers as the test wants, and a client of it. */
async function withServer(answer: RequestListener, test: (client: Client) => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: KEY });
  try {
    await test(client);
  } finally {
    await client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

function answering(status: number, body: string): RequestListener {
  return (_request, response) => void response.writeHead(status).end(body);
}

/** Answers every request with a body, and keeps what was asked. */
function recording(body: unknown) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body: await buffer(request) });
    response.end(JSON.stringify(body));
  };
  return { asked, answer };
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
  return error;
}

function refusalOf(options: { server: string; apiKey?: string }): ApiError {
  try {
    new Client(options);
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error(`expected ${JSON.stringify(options)} to be refused`);
}

describe('the address of a server', () => {
  for (const server of ['', 'nonsense', '127.0.0.1:8080', 'ftp://host', 'http://', 'http://a b', 'http://h:99999']) {
    it(`${JSON.stringify(server)} is refused with an example of a right one`, () => {
      const refusal = refusalOf({ server });
      expect(refusal.code).toBe('BAD_SERVER');
      expect(refusal.status).toBe(0);
      expect(refusal.message).toContain('http://127.0.0.1:8080');
    });
  }

  it('with a user name is refused: keys are sent another way', () => {
    expect(refusalOf({ server: 'http://root:pw@127.0.0.1:8080' }).code).toBe('BAD_SERVER');
  });

  it('may end in slashes', async () => {
    const { asked, answer } = recording({ name: 'pcd', version: '1', api: 'v1' });
    await withServer(answer, async ({ server }) => {
      const client = new Client({ server: `${server}//` });
      await client.version();
      await client.close();
      expect(asked[0]?.url).toBe('/v1/version');
    });
  });
});

describe('an API key', () => {
  for (const apiKey of [
    'secret-one\n',
    'secret-one\r\nX-Other: 1',
    'secret one',
    'secret-öne',
    'secret\u0000one',
    '',
  ]) {
    it(`${JSON.stringify(apiKey)} is refused and not repeated`, () => {
      const refusal = refusalOf({ server: 'http://127.0.0.1:8080', apiKey });
      expect(refusal.code).toBe('BAD_KEY');
      expect(`${refusal.message} ${refusal.hint} ${String(refusal.cause)}`).not.toMatch(/secret/);
    });
  }

  it('goes into the X-API-Key header and nowhere else', async () => {
    const { asked, answer } = recording({ machines: [] });
    await withServer(answer, async (client) => {
      await client.machines();
      expect(asked[0]?.headers['x-api-key']).toBe(KEY);
      expect(asked[0]?.url).toBe('/v1/machines');
      expect(JSON.stringify({ ...asked[0]?.headers, 'x-api-key': '' })).not.toContain(KEY);
    });
  });

  it('is not sent where there is none', async () => {
    const { asked, answer } = recording({ name: 'pcd', version: '1', api: 'v1' });
    await withServer(answer, async ({ server }) => {
      const client = new Client({ server });
      await client.version();
      await client.close();
      expect(asked[0]?.headers).not.toHaveProperty('x-api-key');
    });
  });
});

describe('requests', () => {
  it('trickle sends the lines as one zstd body', async () => {
    const { asked, answer } = recording({});
    await withServer(answer, async (client) => {
      await client.trickle('web "01"', ['{"timestamp":1,"fields":{}}\n', '{"timestamp":2,"fields":{}}']);
      expect(asked[0]).toMatchObject({ method: 'POST', url: '/v1/trickle' });
      expect(asked[0]?.headers).toMatchObject({ 'content-encoding': 'zstd', 'content-type': 'application/json' });
      expect(JSON.parse(zstdDecompressSync(asked[0]?.body ?? Buffer.alloc(0)).toString())).toEqual({
        identifier: 'web "01"',
        measurements: [
          { timestamp: 1, fields: {} },
          { timestamp: 2, fields: {} },
        ],
      });
    });
  });

  it('upload streams the bytes as they are', async () => {
    const reply = { machines: ['m'], samples: 1, stored: 1, duplicates: 0, problems: [] };
    const { asked, answer } = recording(reply);
    await withServer(answer, async (client) => {
      expect(await client.upload(Readable.from([Buffer.from([0x1f, 0x8b]), Buffer.from([0])]), 'a b')).toEqual(reply);
      expect(await client.upload(Readable.from([Buffer.from('x')]))).toEqual(reply);
      expect(asked.map(({ url }) => url)).toEqual(['/v1/upload?identifier=a%20b', '/v1/upload']);
      expect(asked[0]?.body).toEqual(Buffer.from([0x1f, 0x8b, 0]));
    });
  });

  it('names in paths are escaped', async () => {
    const { asked, answer } = recording({ id: 'x', samples: 1 });
    await withServer(answer, async (client) => {
      await client.deleteMachine('a:b+c@d');
      expect(asked[0]).toMatchObject({ method: 'DELETE', url: '/v1/machines/a%3Ab%2Bc%40d' });
    });
  });

  it.each(['..', '../keys?a=b#c', ''])('no machine is called %j, and nothing is asked of the server', async (id) => {
    const { asked, answer } = recording({});
    await withServer(answer, async (client) => {
      expect(await failureOf(client.deleteMachine(id))).toMatchObject({ code: 'BAD_IDENTIFIER', status: 0 });
      expect(asked).toEqual([]);
    });
  });

  it('an export is asked for with the ends of its range that there are', async () => {
    const { asked, answer } = recording({});
    const asLines: RequestListener = (request, response) => {
      response.setHeader('content-type', COLLECTION_TYPE);
      return answer(request, response);
    };
    await withServer(asLines, async (client) => {
      expect(await text(await client.collection('m', { from: 0, to: 2.5 }))).toBe('{}');
      await text(await client.collection('m', { to: 7 }));
      await text(await client.collection('m', {}));
      const path = '/v1/machines/m/collection';
      expect(asked.map(({ url }) => url)).toEqual([`${path}?from=0&to=2.5`, `${path}?to=7`, path]);
    });
  });
});

describe('completeness', () => {
  it('is asked for with the range that there is, and checked', async () => {
    const counts = { expected: 0, received: 0, missing_samples: 0, duplicates: null };
    const reply = { id: 'm', runs: [], total: counts, unnumbered: { samples: 2, duplicates: 0 } };
    const { asked, answer } = recording(reply);
    await withServer(answer, async (client) => {
      expect(await client.completeness('m', { to: 7 })).toEqual(reply);
      await client.completeness('m');
      const path = '/v1/machines/m/completeness';
      expect(asked.map(({ url }) => url)).toEqual([`${path}?to=7`, path]);
    });
    await withServer(answering(200, JSON.stringify({ ...reply, total: {} })), async (client) => {
      expect(await failureOf(client.completeness('m'))).toMatchObject({ code: 'NOT_PCD' });
    });
  });
});

describe('failures', () => {
  it('a closed port is UNREACHABLE, with the address and what went wrong', async () => {
    let server = '';
    await withServer(answering(200, ''), async (client) => {
      server = client.server;
    });
    const client = new Client({ server, apiKey: KEY });
    const failure = await failureOf(client.version());
    expect(failure).toMatchObject({ code: 'UNREACHABLE', status: 0, hint: expect.stringContaining('pcd') });
    expect(failure.message).toBe(`cannot reach ${server}: ECONNREFUSED`);
    expect(failure.cause).toBeInstanceOf(Error);
    await client.close();
  });

  it('a server that hangs up without an answer is UNREACHABLE', async () => {
    const hangUp: RequestListener = (request) => void request.socket.destroy();
    await withServer(hangUp, async (client) => {
      expect(await failureOf(client.machines())).toMatchObject({ code: 'UNREACHABLE', status: 0 });
    });
  });

  it('a server that never answers is UNREACHABLE when the time is up', async () => {
    await withServer(
      () => {},
      async ({ server }) => {
        const client = new Client({ server, timeoutMs: 1 });
        expect(await failureOf(client.version())).toMatchObject({ code: 'UNREACHABLE', status: 0 });
        await client.destroy();
      },
    );
  });

  const foreign: [string, number, string][] = [
    ['a web page', 200, '<html>It works!</html>'],
    ['other JSON', 200, '{"ok":true}'],
    ['nothing', 200, ''],
    ['a web page of an error', 404, '<html>not found</html>'],
    ['an error of another kind', 500, '{"message":"boom"}'],
    ['a redirect', 302, ''],
    ['a bad gateway', 502, 'Bad Gateway'],
  ];
  for (const [name, status, body] of foreign) {
    it(`a server that answers ${name} is NOT_PCD`, async () => {
      await withServer(answering(status, body), async (client) => {
        expect(await failureOf(client.version())).toMatchObject({ code: 'NOT_PCD', status });
        expect(await failureOf(client.keys())).toMatchObject({ code: 'NOT_PCD', status });
        if (status >= 300)
          expect(await failureOf(client.collection('m', {}))).toMatchObject({ code: 'NOT_PCD', status });
      });
    });
  }

  it('a web page is no acknowledgement of samples', async () => {
    await withServer(answering(200, '<html>It works!</html>'), async (client) => {
      expect(await failureOf(client.trickle('m', []))).toMatchObject({ code: 'NOT_PCD' });
    });
  });

  it("a refusal has pcd's sentence, code and status, and what to do", async () => {
    const body = JSON.stringify({ error: 'the API key is not valid', code: 'BAD_KEY' });
    await withServer(answering(401, body), async (client) => {
      const failure = await failureOf(client.status());
      expect(failure).toMatchObject({ code: 'BAD_KEY', status: 401, hint: expect.stringContaining('key') });
      expect(failure.message).toBe(`${client.server} refused: the API key is not valid`);
    });
  });

  it('for a failure of the server itself its log is the hint', async () => {
    await withServer(answering(500, '{"error":"the store failed","code":"STORE_FAILED"}'), async (client) => {
      expect((await failureOf(client.machines())).hint).toMatch(/log of pcd/);
    });
  });

  it('and what the request is called there', async () => {
    const refuse: RequestListener = (_request, response) =>
      response.writeHead(500, { 'x-request-id': 'call-42' }).end('{"error":"the store failed","code":"STORE_FAILED"}');
    await withServer(refuse, async (client) => {
      expect((await failureOf(client.machines())).hint).toBe('See the log of pcd, request_id call-42.');
    });
  });

  it('no failure repeats the key', async () => {
    for (const status of [200, 401, 500]) {
      await withServer(answering(status, 'what?'), async (client) => {
        const { message, hint, cause } = await failureOf(client.machines());
        expect(`${message} ${hint} ${String(cause)}`).not.toContain(KEY);
      });
    }
  });
});

describe('an answer that is not what it seems', () => {
  it('broken off in its middle is a server that cannot be reached', async () => {
    const breakOff: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{', () => response.destroy());
    };
    await withServer(breakOff, async (client) => {
      expect(await failureOf(client.status())).toMatchObject({ code: 'UNREACHABLE', status: 0 });
    });
  });

  it.each(['{"error":"disk full"}', '{"ok":true}', '[]'])('acknowledges no sample with %s', async (body) => {
    await withServer(answering(200, body), async (client) => {
      expect(await failureOf(client.trickle('web01', []))).toMatchObject({ code: 'NOT_PCD' });
    });
  });

  it('has no hint where its code is a word that every object knows', async () => {
    await withServer(answering(400, '{"error":"no","code":"constructor"}'), async (client) => {
      expect((await failureOf(client.status())).hint).toBeUndefined();
    });
  });
});

describe('an upload whose file cannot be read to its end', () => {
  it("fails with the error of the file, which is not the server's fault", async () => {
    const drain: RequestListener = (request, response) => void request.resume().on('end', () => response.end('{}'));
    await withServer(drain, async (client) => {
      const broken = new Readable({
        read() {
          this.destroy(Object.assign(new Error('broken disk'), { code: 'EIO' }));
        },
      });
      await expect(client.upload(broken)).rejects.toMatchObject({ code: 'EIO' });
    });
  });
});

describe.each(['http://h:1?x=1', 'http://:p@h:1', 'http://h:1#x', 'http://h :1', 'http://h:1\n'])(
  'the address %j',
  (server) => {
    it('is refused', () => {
      expect(refusalOf({ server })).toMatchObject({ code: 'BAD_SERVER' });
    });
  },
);
