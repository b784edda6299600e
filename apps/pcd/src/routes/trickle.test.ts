import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, it } from 'vitest';
import { linesOf, NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const TIME = 1_767_982_248;
const UPSTREAM = upstream();
const JSON_TYPE = { 'content-type': 'application/json' };

function sample(timestamp: number, fields: Record<string, unknown> = { cpu_user: 1 }) {
  return { timestamp, fields };
}

/** Sends a body as it is, as an agent would. */
async function send(server: TestServer, payload: string | Buffer, headers: Record<string, string> = {}) {
  const key = await server.keyWith(['ingest']);
  return server.as(key, { method: 'POST', url: '/v1/trickle', payload, headers: { ...JSON_TYPE, ...headers } });
}

function trickle(server: TestServer, measurements: readonly unknown[], identifier: unknown = 'web01') {
  return send(server, JSON.stringify({ identifier, measurements }));
}

async function storedOf(server: TestServer, machine = 'web01') {
  const answer = await server.as(server.admin, { url: `/v1/machines/${machine}/collection` });
  return answer.statusCode === 404 ? [] : linesOf(answer.body);
}

describe('what is stored', () => {
  it('header, samples and events come back as they were sent', async () => {
    await using server = await startServer();
    const header = {
      collection: 1,
      run: '2f1c',
      identifier: 'web01',
      started: TIME,
      interval: 10,
      host: { hostname: 'web01', cpus: 4 },
      agent: 'pcc 1.0.0',
      labels: { rack: '7' },
      later: ['a member of a newer version'],
    };
    const first = { ...sample(TIME, { big: '18446744073709551615', load: 0.25 }), run: '2f1c', seq: 1 };
    const second = { ...sample(TIME + 10.003), run: '2f1c', seq: 2, tags: { machine_id: 'web01' } };
    const event = { timestamp: TIME + 5, run: '2f1c', event: 'deploy 42' };
    const answer = await trickle(server, [header, second, event, first]);
    expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
    expect(await storedOf(server)).toEqual([header, first, event, second]);
  });

  it('a sample that is sent again is stored once', async () => {
    await using server = await startServer();
    for (let times = 0; times < 3; times += 1) {
      expect((await trickle(server, [sample(TIME), sample(TIME + 1), sample(TIME)])).json()).toEqual({});
    }
    expect(await storedOf(server)).toEqual([sample(TIME), sample(TIME + 1)]);
  });

  it('integers above 2^53 keep their digits, as numbers and as strings', async () => {
    await using server = await startServer();
    const line = `{"timestamp":${TIME},"fields":{"a":18446744073709551615,"b":"9007199254740993","c":9007199254740991}}`;
    expect((await send(server, `{"identifier":"web01","measurements":[${line}]}`)).json()).toEqual({});
    const fields = { a: '18446744073709551615', b: '9007199254740993', c: Number.MAX_SAFE_INTEGER };
    expect(await storedOf(server)).toEqual([sample(TIME, fields)]);
  });

  it('nothing to store is no error and makes no machine', async () => {
    await using server = await startServer();
    expect((await trickle(server, [])).statusCode).toBe(200);
    expect(await server.store.machines('default')).toEqual([]);
  });

  it('the same names from two tenants are two machines', async () => {
    await using server = await startServer();
    const payload = { identifier: 'web01', measurements: [sample(TIME, { theirs: 1 })] };
    const theirs = await server.keyWith(['ingest'], 'acme');
    await server.as(theirs, { method: 'POST', url: '/v1/trickle', payload });
    await trickle(server, [sample(TIME, { ours: 1 })]);
    expect(await storedOf(server)).toEqual([sample(TIME, { ours: 1 })]);
  });
});

describe('packed bodies', () => {
  const body = JSON.stringify({ identifier: 'web01', measurements: [sample(TIME), sample(TIME + 1)] });
  const packed: readonly [string, Buffer][] = [
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['zstd', zstdCompressSync(body)],
    ['identity', Buffer.from(body)],
  ];
  for (const [encoding, payload] of packed) {
    it(`Content-Encoding ${encoding} is unpacked`, async () => {
      await using server = await startServer();
      expect((await send(server, payload, { 'content-encoding': encoding })).json()).toEqual({});
      expect(await storedOf(server)).toEqual([sample(TIME), sample(TIME + 1)]);
    });
  }

  for (const encoding of ['br', 'deflate', 'gzip, zstd', 'banana']) {
    it(`Content-Encoding ${encoding} is refused`, async () => {
      await using server = await startServer();
      const answer = await send(server, body, { 'content-encoding': encoding });
      expect(refusalOf(answer)).toMatchObject({ status: 415, code: 'BAD_ENCODING' });
    });
  }

  const whole = { gzip: gzipSync(body), zstd: zstdCompressSync(body) };
  for (const encoding of ['gzip', 'zstd'] as const) {
    const damaged: readonly [string, Buffer][] = [
      ['is cut off', whole[encoding].subarray(0, -7)],
      ['is cut off in its first bytes', whole[encoding].subarray(0, 3)],
      ['is empty', Buffer.alloc(0)],
      ['is something else', Buffer.from(body)],
      ['is damaged', Buffer.from(whole[encoding]).fill(0xff, 12, 30)],
    ];
    for (const [what, payload] of damaged) {
      it(`a ${encoding} body that ${what} is refused and nothing of it stored`, async () => {
        await using server = await startServer();
        const answer = await send(server, payload, { 'content-encoding': encoding });
        expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_ENCODING' });
        expect(await storedOf(server)).toEqual([]);
      });
    }
  }
});

describe('limits', () => {
  const MIB = 1024 * 1024;
  const ofSize = (bytes: number) => {
    const [head, tail] = ['{"identifier":"web01","measurements":[],"filler":"', '"}'];
    return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
  };

  it('a body of 16 MiB is taken, one byte more is not', async () => {
    await using server = await startServer();
    expect((await send(server, ofSize(16 * MIB))).statusCode).toBe(200);
    expect(refusalOf(await send(server, ofSize(16 * MIB + 1)))).toMatchObject({ status: 413, code: 'TOO_LARGE' });
  });

  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    it(`a small ${encoding} body that unpacks to more than 16 MiB is refused`, async () => {
      await using server = await startServer();
      const fits = pack(ofSize(16 * MIB));
      expect((await send(server, fits, { 'content-encoding': encoding })).statusCode).toBe(200);
      const bomb = pack(ofSize(200 * MIB));
      expect(bomb.length).toBeLessThan(MIB);
      const answer = await send(server, bomb, { 'content-encoding': encoding });
      expect(refusalOf(answer)).toMatchObject({ status: 413, code: 'TOO_LARGE' });
    });
  }
});

describe('bodies that are no request', () => {
  const bodies: readonly [string, string][] = [
    ['cut off', '{"identifier":"web01","measurements":[{"timest'],
    ['empty', ''],
    ['text', 'hello'],
    ['two objects', '{}{}'],
  ];
  for (const [name, body] of bodies) {
    it(`${name}: not JSON`, async () => {
      await using server = await startServer();
      expect(refusalOf(await send(server, body))).toMatchObject({ status: 400, code: 'BAD_JSON' });
    });
  }

  for (const body of ['[]', 'null', '"x"', '7', '{}', '{"identifier":"m"}', '{"identifier":"m","measurements":{}}']) {
    it(`${body}: not what is expected`, async () => {
      await using server = await startServer();
      expect(refusalOf(await send(server, body))).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    });
  }

  it('JSON a hundred thousand arrays deep is refused and the server goes on', async () => {
    await using server = await startServer();
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(refusalOf(await send(server, deep))).toMatchObject({ status: 400 });
    const inField = `{"identifier":"web01","measurements":[{"timestamp":${TIME},"fields":{"a":${deep}}}]}`;
    expect(refusalOf(await send(server, inField))).toMatchObject({ status: 400, code: 'BAD_MEASUREMENT' });
    for (const kind of ['"fields":{"a":1}', '"event":"x"']) {
      const inUnknown = `{"identifier":"web01","measurements":[{"timestamp":${TIME},${kind},"more":${deep}}]}`;
      expect(refusalOf(await send(server, inUnknown))).toMatchObject({ status: 400, code: 'BAD_MEASUREMENT' });
    }
    expect((await trickle(server, [sample(TIME)])).statusCode).toBe(200);
  });

  for (const type of ['application/xml', 'application/x-www-form-urlencoded', 'garbage']) {
    it(`of the type ${type} are not taken`, async () => {
      await using server = await startServer();
      const answer = await send(server, '{"identifier":"m","measurements":[]}', { 'content-type': type });
      expect(refusalOf(answer)).toMatchObject({ status: 415, code: 'BAD_TYPE' });
    });
  }

  it('of the type text/plain are not taken', async () => {
    await using server = await startServer();
    const answer = await send(server, '{"identifier":"m","measurements":[]}', { 'content-type': 'text/plain' });
    expect([400, 415]).toContain(refusalOf(answer).status);
  });

  it('a member named __proto__ changes nothing on the server', async () => {
    await using server = await startServer();
    await send(server, `{"identifier":"web01","measurements":[],"__proto__":{"polluted":1}}`);
    await send(server, `{"identifier":"web01","measurements":[${`{"timestamp":${TIME},"fields":{"__proto__":1}}`}]}`);
    expect({}).not.toHaveProperty('polluted');
    await trickle(server, [sample(TIME + 1, { constructor: 1, toString: 'x', hasOwnProperty: 2 })]);
    expect(await storedOf(server)).toContainEqual(
      sample(TIME + 1, { constructor: 1, toString: 'x', hasOwnProperty: 2 }),
    );
  });
});

describe('identifiers', () => {
  const bad: readonly [string, unknown][] = [
    ['with slashes', '../../etc/passwd'],
    ['of 10 kB', 'x'.repeat(10_000)],
    ['that is empty', ''],
    ['of blanks', ' '],
    ['with a line feed', 'web01\n'],
    ['that begins with a dot', '.web01'],
    ['that is a number', 7],
    ['that is null', null],
  ];
  for (const [name, identifier] of bad) {
    it(`one ${name} is refused in a short sentence and nothing is stored`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await trickle(server, [sample(TIME)], identifier));
      expect(refusal).toMatchObject({ status: 400, error: expect.stringContaining('identifier') });
      expect(refusal.error.length).toBeLessThan(300);
      expect(await server.store.machines('default')).toEqual([]);
    });
  }

  it('one of 128 characters is taken', async () => {
    await using server = await startServer();
    const identifier = `${'a'.repeat(100)}:._-@+${'9'.repeat(22)}`;
    expect((await trickle(server, [sample(TIME)], identifier)).statusCode).toBe(200);
    expect(await storedOf(server, encodeURIComponent(identifier))).toEqual([sample(TIME)]);
  });
});

describe('the parts of a sample', () => {
  it('are one, however many they are', async () => {
    await using server = await startServer();
    const parts = Array.from({ length: 3000 }, (_, at) => ({
      timestamp: TIME,
      tags: { machine_id: 'web01' },
      fields: { [`f${at}`]: at },
    }));
    expect((await trickle(server, parts)).statusCode).toBe(200);
    const fields = Object.fromEntries(parts.map(({ fields }) => Object.entries(fields)[0] ?? []));
    expect(await storedOf(server)).toEqual([{ ...parts[0], fields }]);
  });
});

describe('measurements that cannot be stored', () => {
  it('a time of 1970 or of 2100 is refused and the others are stored', async () => {
    await using server = await startServer();
    const answer = await trickle(server, [sample(12), sample(TIME), sample(4_102_444_800), sample(TIME + 1)]);
    const refusal = refusalOf(answer);
    expect(refusal).toMatchObject({ status: 400, code: 'BAD_TIMESTAMP' });
    expect(refusal.error).toMatch(/measurement 1 of 4.*1970-01-01.*and 1 more.*other 2 are stored/);
    expect(await storedOf(server)).toEqual([sample(TIME), sample(TIME + 1)]);
  });

  it('a clock may be a day ahead and no more', async () => {
    await using server = await startServer();
    expect((await trickle(server, [sample(NOW + 86_400)])).statusCode).toBe(200);
    expect(refusalOf(await trickle(server, [sample(NOW + 86_401)])).code).toBe('BAD_TIMESTAMP');
    expect(refusalOf(await trickle(server, [sample(946_684_799)])).code).toBe('BAD_TIMESTAMP');
    expect((await trickle(server, [sample(946_684_800)])).statusCode).toBe(200);
  });

  it('samples of one run that all say the same time are refused, but for those of a clock that was set back', async () => {
    await using server = await startServer();
    const tick = (seq: number) => ({ timestamp: TIME, run: 'r', seq, tags: { machine_id: 'web01' }, fields: { a: 1 } });
    const ticks = (count: number) => Array.from({ length: count }, (_, at) => tick(at + 1));
    expect((await trickle(server, ticks(5))).statusCode).toBe(200);
    expect(await storedOf(server)).toEqual(ticks(5));
    expect(refusalOf(await trickle(server, ticks(1000)))).toMatchObject({ status: 400, code: 'BAD_TIMESTAMP' });
    expect(await storedOf(server)).toEqual(ticks(5));
  });

  it('a time that no calendar has is refused, also in the form that agents write', async () => {
    await using server = await startServer();
    const tagged = { ...sample(99_999_999_999_999), tags: { machine_id: 'web01' } };
    expect(refusalOf(await trickle(server, [tagged]))).toMatchObject({ status: 400, code: 'BAD_MEASUREMENT' });
    expect(await storedOf(server)).toEqual([]);
  });

  it('events and raw lines of a wrong time are refused too', async () => {
    await using server = await startServer();
    const raw = { timestamp: 5, subsystem: '/proc/loadavg', measurement: '0.00 0.01 0.05 1/100 1234\n' };
    const answer = await trickle(server, [{ timestamp: 5, event: 'x' }, raw]);
    expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_TIMESTAMP' });
    expect(await server.store.machines('default')).toEqual([]);
  });

  const bad: readonly [string, unknown][] = [
    ['a field that is an object', sample(TIME + 1, { a: { b: 1 } })],
    ['a field that is an array', sample(TIME + 1, { a: [1] })],
    ['a field that is null', sample(TIME + 1, { a: null })],
    ['a field that is true', sample(TIME + 1, { a: true })],
    ['fields that are an array', { timestamp: TIME + 1, fields: [] }],
    ['a timestamp in text', { timestamp: `${TIME + 1}`, fields: {} }],
    ['a timestamp in milliseconds', sample(TIME * 1000)],
    ['no timestamp', { fields: {} }],
    ['a negative timestamp', sample(-5)],
    ['a run that is a number', { ...sample(TIME + 1), run: 7 }],
    ['tags that are a text', { ...sample(TIME + 1), tags: 'x' }],
    ['none of the kinds of line', { timestamp: TIME + 1 }],
    ['a header of another version', { collection: 2, run: 'r', identifier: 'm', started: TIME, interval: 1 }],
    ['a header without a run', { collection: 1, identifier: 'm', started: TIME, interval: 1 }],
    ['an interval of 0', { collection: 1, run: 'r', identifier: 'm', started: TIME, interval: 0 }],
    ['a kernel file that is none', { timestamp: TIME + 1, subsystem: '/proc/stat', measurement: 'garbage' }],
    ['a kernel file that nobody reads', { timestamp: TIME + 1, subsystem: '/proc/kcore', measurement: '' }],
    ['a raw line without its text', { timestamp: TIME + 1, subsystem: '/proc/stat' }],
    ['a text', 'hello'],
    ['null', null],
    ['an array', [sample(TIME + 1)]],
  ];
  for (const [name, measurement] of bad) {
    it(`${name} is refused and the others are stored`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await trickle(server, [sample(TIME), measurement, sample(TIME + 2)]));
      expect(refusal).toMatchObject({ status: 400, code: 'BAD_MEASUREMENT' });
      expect(refusal.error).toMatch(/^measurement 2 of 3: .*the other 2 are stored$/);
      expect(await storedOf(server)).toEqual([sample(TIME), sample(TIME + 2)]);
    });
  }

  it('a refusal shows no more than a glimpse of what came', async () => {
    await using server = await startServer();
    const long = 'secret'.repeat(10_000);
    for (const measurement of [
      sample(TIME, { [long]: null }),
      { timestamp: long, fields: {} },
      { timestamp: TIME, subsystem: long, measurement: '' },
      { timestamp: TIME, subsystem: '/proc/stat', measurement: long },
    ]) {
      expect(refusalOf(await trickle(server, [measurement])).error.length).toBeLessThan(500);
    }
  });
});

describe('perfcollector2', () => {
  it('raw lines of one time become one sample, also when each comes in a request of its own', async () => {
    await using server = await startServer();
    const loadavg = { timestamp: TIME, subsystem: '/proc/loadavg', measurement: '0.10 0.20 0.30 1/100 1234\n' };
    const stat = { timestamp: TIME, subsystem: '/proc/stat', measurement: 'cpu  1 2 3 4 5 6 7 8 9 10\nctxt 77\n' };
    expect((await trickle(server, [loadavg])).json()).toEqual({});
    expect((await trickle(server, [stat, loadavg])).json()).toEqual({});
    const [only, ...rest] = await storedOf(server);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ timestamp: TIME, tags: { machine_id: 'web01' } });
    expect(only?.fields).toMatchObject({ loadavg_1min: 0.1, cpu_user: 1, cpu_guest_nice: 10, stat_ctxt: 77 });
  });

  it('facts about the processor are taken and make no sample', async () => {
    await using server = await startServer();
    const cpuinfo = { timestamp: TIME, subsystem: '/proc/cpuinfo', measurement: 'processor\t: 0\nmodel name\t: x\n' };
    expect((await trickle(server, [cpuinfo])).json()).toEqual({});
    expect(await storedOf(server)).toEqual([]);
  });

  const recordings = [
    'azure-cpuinfo/loadtest-cpuinfo.json',
    'azure-suse/pcc_collection.json',
    'containers/container_collection.json',
  ];
  for (const file of recordings) {
    it.skipIf(!hasUpstream)(`takes every line of ${file}, one sample a timestamp`, async () => {
      await using server = await startServer();
      const lines = linesOf(readFileSync(UPSTREAM + file, 'utf8'));
      for (let at = 0; at < lines.length; at += 7) {
        const answer = await trickle(server, lines.slice(at, at + 7));
        expect([answer.statusCode, answer.body]).toEqual([200, '{}']);
      }
      const withFields = lines.filter(({ subsystem }) => subsystem !== '/proc/cpuinfo');
      const stored = await storedOf(server);
      expect(stored.map(({ timestamp }) => timestamp)).toEqual([...new Set(withFields.map((line) => line.timestamp))]);
      expect(stored.every(({ fields }) => Object.keys(fields as object).length > 5)).toBe(true);
    });
  }

  it.skipIf(!hasUpstream)('the numbers of a recording are the numbers in its text', async () => {
    await using server = await startServer();
    const lines = linesOf(readFileSync(`${UPSTREAM}azure-suse/pcc_collection.json`, 'utf8')).slice(0, 5);
    await trickle(server, lines);
    const [first] = await storedOf(server);
    const textOf = (name: string) => String(lines.find(({ subsystem }) => subsystem === name)?.measurement);
    const [, user, nice, system] = /^cpu +(\d+) (\d+) (\d+)/.exec(textOf('/proc/stat')) ?? [];
    const [, free] = /MemFree: +(\d+)/.exec(textOf('/proc/meminfo')) ?? [];
    const [, reads] = / sda (\d+) /.exec(textOf('/proc/diskstats')) ?? [];
    expect(first?.fields).toMatchObject({
      cpu_user: Number(user),
      cpu_nice: Number(nice),
      cpu_system: Number(system),
      mem_free: Number(free),
      disk_sda_reads: Number(reads),
    });
  });
});
