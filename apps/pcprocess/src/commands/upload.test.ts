import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PORTAL_HEADING } from '../layouts/portal/columns.ts';
import { main } from '../main.ts';
import { runPcprocess, START, sample, testPlace } from '../test-run.ts';
import { type Portal, saying, startPortal } from '../upload/test-portal.ts';

const place = testPlace();
const KEY = 'key-that-nobody-may-see';
let portal: Portal;

beforeAll(() => {
  // What is made on the way to the portal is put aside here.
  process.env.TMPDIR = join(place.root, 'tmp');
  mkdirSync(process.env.TMPDIR);
});
beforeEach(async () => {
  portal = await startPortal();
  return () => portal.close();
});
afterAll(() => expect(readdirSync(join(place.root, 'tmp'))).toEqual([]));

const env = () => ({ XATBACKEND_URL: portal.url, XATBACKEND_APIKEY: KEY, TENANT_ID: 'tenant 7' });

async function upload(argv: readonly string[], more: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
  const ran = await runPcprocess(['upload', ...argv], { env: { ...env(), ...more }, ...(signal && { signal }) });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(KEY);
  return ran;
}

const CSV = `${PORTAL_HEADING}\n1767982258,1,2,97,0,0,9,4,3,2,1,0,5,6\n`;
const portalFile = (name = 'web01_performance.csv', text = CSV) => place.file(name, text);

/** Samples with all that a line of the portal has. */
function samplesOf(machine: string): string[] {
  return [1, 2, 3].map((at) => {
    const memory = { mem_total: 100, mem_free: 40, mem_buffers: 1, mem_cached: 9, mem_slab: 10 };
    const cpu = { cpu_user: 5 * at, cpu_nice: 0, cpu_system: at, cpu_idle: 90 * at, cpu_iowait: 0, cpu_steal: 0 };
    return sample(START + at, { ...cpu, ...memory, disk_sda_read_sectors: at, net_eth0_rx_bytes: at }, { machine });
  });
}

describe('the form', () => {
  test('has the file, the machine, the tenant and the key, in a body of known length', async () => {
    const { code, stdout, stderr } = await upload([portalFile()]);
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: expect.stringMatching(/^web01_performance\.csv: \d+ B sent as web01\n$/),
    });
    expect(portal.forms).toMatchObject([
      {
        ...{ method: 'POST', path: '/api/v1/performance/upload' },
        headers: { authorization: `Bearer ${KEY}`, 'content-length': stdout.replace(/.*: (\d+) B.*\n/, '$1') },
        fields: { machine_id: 'web01', tenant_id: 'tenant 7' },
        files: [{ field: 'file', name: 'web01_performance.csv', type: 'text/csv', text: CSV }],
      },
    ]);
    expect(portal.forms[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('keeps names and values that look like a form', async () => {
    const name = 'a"; filename="b\r\n--x_performance.csv';
    const { code } = await upload([portalFile(name)], { MACHINE_ID: 'ma"chine\r\n--é' });
    expect(code).toBe(0);
    expect(portal.forms).toMatchObject([{ fields: { machine_id: 'ma"chine\r\n--é' }, files: [{ text: CSV }] }]);
    expect(portal.forms[0]?.files[0]?.name).toBe('a%22; filename=%22b%0D%0A--x_performance.csv');
  });

  test('goes below the path that the address has', async () => {
    await upload([portalFile(), '--url', `${portal.url}/behind/a/proxy/`]);
    expect(portal.forms.map(({ path }) => path)).toEqual(['/behind/a/proxy/api/v1/performance/upload']);
  });

  test('holds a large file whole', async () => {
    const text = CSV + '1767982258,1,2,97,0,0,9,4,3,2,1,0,5,6\n'.repeat(100_000);
    expect((await upload([portalFile('big_performance.csv', text)])).code).toBe(0);
    expect(portal.forms[0]?.files[0]?.text === text).toBe(true);
  });
});

describe('collections', () => {
  test('are sent as the portal imports them, each machine under its name', async () => {
    const file = place.file('c.json', [...samplesOf('web01'), ...samplesOf('db/1')]);
    const { code, stdout } = await upload([file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sent: [{ machine: 'web01' }, { machine: 'db/1' }], problems: [] });
    expect(portal.forms.map(({ fields, files }) => [fields.machine_id, files[0]?.name])).toEqual([
      ['web01', 'web01_performance.csv'],
      ['db/1', 'db%2F1_performance.csv'],
    ]);
    const [heading, ...lines] = portal.forms[0]?.files[0]?.text.trimEnd().split('\n') ?? [];
    expect(heading).toBe(PORTAL_HEADING);
    expect(lines.map((line) => line.split(',')[0])).toEqual([START + 2, START + 3].map(String));
  });

  test('may come by standard input, and be of another name there', async () => {
    const stdin = samplesOf('web01')
      .map((line) => `${line}\n`)
      .join('');
    const ran = await runPcprocess(['upload', '-', '--machine-id', 'there'], { env: env(), stdin });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(portal.forms.map(({ fields }) => fields.machine_id)).toEqual(['there']);
  });

  test('are sent in part: machines, times, and the devices of choice', async () => {
    const file = place.file('c.json', [...samplesOf('web01'), ...samplesOf('web02')]);
    const { code } = await upload([file, '--machine', 'web02', '--from', String(START + 3), '--iface', 'eth0']);
    expect(code).toBe(0);
    expect(portal.forms.map(({ fields }) => fields.machine_id)).toEqual(['web02']);
    expect(portal.forms[0]?.files[0]?.text.trimEnd().split('\n').slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^${START + 3},.*,512,NA,1,NA$`)),
    ]);
  });

  test('of which nothing can be made are told, and the others sent', async () => {
    const one = place.file('one.json', samplesOf('one').slice(0, 1));
    const { code, stderr } = await upload([one, place.file('no.json', ['x']), portalFile()]);
    expect(code).toBe(1);
    expect(stderr).toContain('one: there is no line in it for the portal');
    expect(stderr).toContain('no.json: it holds no sample');
    expect(portal.forms.map(({ fields }) => fields.machine_id)).toEqual(['web01']);
  });

  test.skipIf(!hasUpstream)('of perfcollector2 become what it sent itself', async () => {
    const collection = upstream('azure-suse/pcc_collection.json');
    expect((await upload([collection, '--identifier', 'suse-perf-01'])).code).toBe(0);
    const [heading = '', , ...lines] = portal.forms[0]?.files[0]?.text.trimEnd().split('\n') ?? [];
    const theirs = readFileSync(upstream('azure-suse/suse-perf-01_performance.csv'), 'utf8').trimEnd().split('\r\n');
    expect(portal.forms[0]?.files[0]?.name).toBe('suse-perf-01_performance.csv');
    expect(heading).toBe(theirs[0]);
    expect(lines.map((line) => line.split(',')[0])).toEqual(theirs.slice(1).map((line) => line.split(',')[0]));
  });
});

describe('a portal that is away', () => {
  const broken = () => saying(503, 'later');

  test('is tried again', async () => {
    const cutOff = () => (request: IncomingMessage) => request.socket.destroy();
    portal.answer(broken(), cutOff(), saying(429, '{"error":"slow down"}', { 'Retry-After': '0' }));
    const { code, stderr } = await upload([portalFile()]);
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/refused \(HTTP 503\): later; trying again in \d+ms$/),
      expect.stringMatching(/cannot reach .*: ECONNRESET; trying again in \S+s$/),
      expect.stringMatching(/refused \(HTTP 429\): slow down; trying again in 0s$/),
      '',
    ]);
    expect(portal.requests).toBe(4);
  });

  test('is given up in the end', async () => {
    portal.answer(broken(), broken());
    const { code, stdout, stderr } = await upload([portalFile(), '--retry', '0s']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pcprocess: web01_performance\.csv: http:.* refused \(HTTP 503\): later\n$/);
    expect(portal.requests).toBe(1);
  });

  test('is not asked before it wants to be', async () => {
    portal.answer(saying(503, '', { 'Retry-After': new Date(Date.now() + 600_000).toUTCString() }));
    expect((await upload([portalFile()])).code).toBe(1);
    expect(portal.requests).toBe(1);
  });

  test('that nobody has a name for is given up at once, and one that listens nowhere in the end', async () => {
    const nameless = await upload([portalFile(), '--url', 'http://portal.invalid']);
    expect(nameless.stderr).toMatch(/cannot reach http:\/\/portal\.invalid: (ENOTFOUND|EAI_AGAIN)/);
    portal.close();
    const { code, stderr } = await upload([portalFile(), '--retry', '0s']);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot reach ${portal.url}: ECONNREFUSED\n  Is the portal running there`);
  });
});

describe('a portal that refuses', () => {
  test.each([
    ['JSON', 400, '{"error":"no such machine"}', ': no such machine\n'],
    ['JSON of another kind', 422, '{"detail":"bad"}', ': bad\n'],
    ['JSON of fields', 400, '{"file":["too new"]}', ': {"file":["too new"]}\n'],
    ['text', 409, 'twice\nis\u001b[31m once too often\n', ': twice is?[31m once too often\n'],
    ['a page', 404, '<!doctype html><h1>Not Found</h1>', ' refused (HTTP 404)\n'],
    ['much', 400, 'x'.repeat(100_000), `: ${'x'.repeat(300)}…\n`],
    ['the key itself', 403, `{"error":"${KEY} is not known"}`, ': … is not known\n  Check the key'],
    ['nothing', 401, '', ' refused (HTTP 401)\n  Check the key'],
  ])('is heard, whether it says %s', async (_, status, text, told) => {
    portal.answer(saying(status, text));
    const { code, stderr } = await upload([portalFile()]);
    expect(code).toBe(1);
    expect(stderr).toContain(told);
    expect(stderr.length).toBeLessThan(600);
    expect(portal.requests).toBe(1);
  });

  test('one file gets the others all the same', async () => {
    portal.answer(saying(400, '{"error":"no"}'));
    const { code, stdout } = await upload([portalFile(), portalFile('web02_performance.csv')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^web02_performance\.csv: .* sent as web02\n$/);
  });

  test('before it has all of it is heard, too', async () => {
    portal.answerEarly(saying(413, '{"error":"too large"}'));
    const { code, stderr } = await upload([portalFile('big_performance.csv', CSV + 'x'.repeat(30_000_000))]);
    expect(code).toBe(1);
    expect(stderr).toContain('refused (HTTP 413): too large');
  });

  test('by sending elsewhere gets the key nowhere else', async () => {
    const other = await startPortal();
    portal.answer(saying(302, '', { Location: `${other.url}/login` }));
    const { code, stderr } = await upload([portalFile()]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`sends elsewhere (HTTP 302, to ${other.url}/login)\n  Check XATBACKEND_URL.`);
    expect(other.requests).toBe(0);
  });
});

describe('what is said wrong', () => {
  test.each([
    ['no address', { XATBACKEND_URL: '' }, [], /nothing says where to send it\n {2}Set XATBACKEND_URL/],
    ['no key', { XATBACKEND_APIKEY: '' }, [], /it takes a key to send it\n {2}Set XATBACKEND_APIKEY/],
    ['no tenant', { TENANT_ID: '' }, [], /nothing says whose data it is\n {2}Set TENANT_ID/],
    ['a key in two lines', { XATBACKEND_APIKEY: `${KEY}\nx` }, [], /the key holds a blank, a line feed/],
    ['an address of nothing', { XATBACKEND_URL: 'portal' }, [], /"portal" is no address; expected one such as https/],
    ['a password in it', { XATBACKEND_URL: 'http://a:b@c' }, [], /an address takes no user and password/],
    ['two machines as one', { MACHINE_ID: 'x' }, ['web02_performance.csv'], /2 machines, which cannot all be x\n/],
    ['a machine without a name', {}, ['x.csv'], /nothing says which machine .*x\.csv is of\n {2}Set MACHINE_ID/],
  ])('is told with what to do: %s', async (_, wrong, names, message) => {
    const { code, stderr } = await upload([portalFile(), ...names.map((name) => portalFile(name))], wrong);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(portal.requests).toBe(0);
  });

  test('a file of which nothing can be made ends it', async () => {
    const { code, stderr } = await upload([place.file('wide.csv', ['timestamp,machine_id,cpu_user', '1,a,2'])]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcprocess: there is nothing to send\n.*wide\.csv: it holds no sample\n/);
  });
});

test('a key that would cross a network in plain text is warned of', async () => {
  const { stderr } = await upload([portalFile(), '--url', 'http://portal.invalid', '--retry', '0s']);
  expect(stderr).toContain(
    'http://portal.invalid is no https address: on the way there, the key can be read by others',
  );
});

test('the key may be in a file', async () => {
  const file = place.file('key', `${KEY}\n`);
  expect((await upload([portalFile(), '--apikey-file', file], { XATBACKEND_APIKEY: '' })).code).toBe(0);
  expect(portal.forms[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test('an interrupt ends it in the middle of a file', async () => {
  const stop = new AbortController();
  portal.answerEarly((request) => request.once('data', () => stop.abort('SIGINT')));
  const file = portalFile('big_performance.csv', CSV + 'x'.repeat(30_000_000));
  const { code, stderr } = await upload([file, portalFile()], {}, stop.signal);
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'pcprocess: interrupted: the rest was not sent\n' });
  expect(portal.forms).toEqual([]);
});

test('at a terminal there is a bar', async () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const { signal } = new AbortController();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: { ...env(), TERM: 'xterm' }, signal };
  writeFileSync(join(place.root, 'web09_performance.csv'), CSV);
  const [code] = await Promise.all([
    main(['upload', join(place.root, 'web09_performance.csv')], io),
    once(stderr, 'readable'),
  ]);
  expect(code).toBe(0);
  expect(String(stderr.read())).toMatch(/web09_performance\.csv \[ {24}\] {3}0% 0 B of \d+ B/);
});
