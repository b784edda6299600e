import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '@perfcollector/api';
import { canMount, hostRoot, makeCertificates, type Ran, smallDisk } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../check/finding.ts';
import { unreachable } from '../check/unreachable.ts';
import { controlListens, start } from '../test-process.ts';
import { runPcc } from '../test-run.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-check-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Checked extends Ran {
  /** What was found, by what was looked at. */
  readonly found: Readonly<Record<string, Finding>>;
}

async function check(argv: readonly string[], env: Record<string, string> = {}): Promise<Checked> {
  const ran = await runPcc(['check', '--json', '--root', hostRoot('rocky8-4.18-x86_64'), ...argv], { env });
  const { checks } = JSON.parse(ran.stdout) as { checks: Finding[] };
  return { ...ran, found: Object.fromEntries(checks.map((one) => [one.check, one])) };
}

function trickle(server: string, ...argv: readonly string[]): Promise<Checked> {
  const env = {
    PCC_MODE: 'trickle',
    PCC_SERVER: server,
    PCC_APIKEY: 'some-key-or-other',
    PCC_SPOOL: join(directory, 'spool'),
  };
  return check(argv, env);
}

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers as pcd does, with a clock that differs. */
function pcdWithClock(aheadSeconds: number): RequestListener {
  return (request, response) => {
    const replies: Record<string, unknown> = {
      '/v1/version': { name: 'pcd', version: '9.9.9', api: 'v1' },
      '/v1/ping': { origintimestamp: null, timestamp: Date.now() / 1000 + aheadSeconds },
      '/v1/trickle': {},
    };
    request.resume().on('end', () => response.end(JSON.stringify(replies[request.url ?? ''])));
  };
}

describe('pcc check in local mode', () => {
  test('finds nothing wrong where all is well, and leaves nothing behind', async () => {
    const collection = join(directory, 'c.json');
    const { code, stdout, stderr } = await runPcc(['check'], {
      env: { PCC_COLLECTION: collection, PCC_IDENTIFIER: 'web01' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ok {7}identifier: this machine is called web01$/m);
    expect(stdout).toMatch(new RegExp(`^ok {7}collection: ${collection} can be written, and begins anew$`, 'm'));
    expect(stdout).toMatch(/^ok {7}room: a run of 24h takes up to [\d.]+ MiB, and .* are free at /m);
    expect(stdout).toMatch(/^ok {7}source stat: available$/m);
    expect(stdout).toMatch(/^ok {7}open files: sampling keeps \d+ files open, and \d+ may be$/m);
    expect(stdout).toMatch(/^pcc can work here/m);
    expect(existsSync(collection)).toBe(false);
  });

  test('leaves a collection as it is', async () => {
    const collection = join(directory, 'c.json');
    writeFileSync(collection, 'as it is');
    expect((await check(['--collection', collection])).found.collection).toMatchObject({ state: 'ok' });
    expect(readFileSync(collection, 'utf8')).toBe('as it is');
    expect(readdirSync(directory)).toEqual(['c.json']);
  });

  test.each([
    ['a directory', () => directory, /it is a directory/],
    ['a path that cannot be looked at', () => join(directory, 'a'.repeat(300)), /the path is too long/],
    ['a file in no directory', () => join(directory, 'no', 'c.json'), /no such file or directory/],
  ])('fails at %s for a collection', async (_, path, sentence) => {
    const { code, found } = await check(['--collection', path()]);
    expect(code).toBe(1);
    expect(found.collection).toEqual({
      check: 'collection',
      state: 'failed',
      message: expect.stringMatching(sentence),
      hint: expect.any(String),
    });
  });

  test.skipIf(!canMount)('fails at a disk that is read-only, and warns of one that is small', async () => {
    const readOnly = await check(['--collection', join(smallDisk('ro,size=64k'), 'c.json')]);
    expect(readOnly.code).toBe(1);
    expect(readOnly.found.collection?.message).toMatch(/the file system is read-only$/);
    const small = await check(['--collection', join(smallDisk('size=64k'), 'c.json')]);
    expect(small.code).toBe(0);
    expect(small.found.room).toMatchObject({ state: 'warning', message: expect.stringMatching(/64\.0 KiB are free/) });
  });

  test('warns where the disk has less room than the run takes', async () => {
    const argv = ['--collection', join(directory, 'c.json'), '--frequency', '10ms', '--duration', '8760000h'];
    const { code, found } = await check(argv);
    expect(code).toBe(0);
    expect(found.room).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/a run of 8760000h takes up to/),
    });
  });

  test('tells of a machine without a name, a damaged source, and one that is not there', async () => {
    const root = join(directory, 'host');
    cpSync(hostRoot('rocky8-4.18-x86_64'), root, { recursive: true });
    rmSync(join(root, 'etc/machine-id'));
    rmSync(join(root, 'proc/vmstat'));
    writeFileSync(join(root, 'proc/loadavg'), 'nonsense\n');
    const argv = ['--root', root, '--collection', join(directory, 'c.json')];
    const { code, found } = await check(argv);
    expect(code).toBe(0);
    expect(found.identifier).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/called by its host name/),
    });
    expect(found['source loadavg']).toMatchObject({ state: 'warning', message: expect.stringMatching(/nonsense/) });
    expect(found['source vmstat']).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/^not on this host: /),
    });
    const nameless = await check([...argv, '--identifier', '/etc/nothing']);
    expect(nameless.code).toBe(1);
    expect(nameless.found.identifier).toMatchObject({ state: 'failed' });
  });

  test('with options that do not go together is used wrongly', async () => {
    expect((await runPcc(['check', '--frequency', '10s', '--duration', '1s'])).code).toBe(2);
  });
});

describe('pcc check in trickle mode', () => {
  test('asks pcd itself about the key, and stores nothing there', async () => {
    const home = join(directory, 'home');
    const pcd = start('pcd', ['--listen', '127.0.0.1:0'], { PCD_HOME: home });
    const [said] = await once(pcd.child.stdout ?? process.stdin, 'data');
    const [, server = ''] = /listening on (\S+),/.exec(String(said)) ?? [];
    const admin = { PCCTL_SERVER: server, PCCTL_APIKEY: readFileSync(join(home, 'admin.key'), 'utf8').trim() };
    const keyFile = async (scopes: string) => {
      const path = join(directory, `${scopes}.key`);
      await start('pcctl', ['keys', 'create', '--name', scopes, '--scopes', scopes, '-o', path], admin).ended;
      return path;
    };
    const env = { PCC_MODE: 'trickle', PCC_SERVER: server, PCC_SPOOL: join(directory, 'spool') };
    const good = await check(['--apikey-file', await keyFile('ingest')], env);
    expect(good.code).toBe(0);
    expect(good.found.server).toMatchObject({ state: 'ok', message: expect.stringMatching(/is pcd \d/) });
    expect(good.found.clock).toMatchObject({ state: 'ok', message: expect.stringMatching(/±\d+\.\d{3} s$/) });
    expect(good.found.key).toMatchObject({ state: 'ok' });
    expect(good.found.spool).toMatchObject({ state: 'ok', message: expect.stringMatching(/can be made$/) });
    const reader = await check(['--apikey-file', await keyFile('read')], env);
    expect(reader.code).toBe(1);
    expect(reader.found.key).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/lacks the scope "ingest"/),
    });
    const wrong = await check([], { ...env, PCC_APIKEY: 'wrong-wrong-wrong' });
    expect(wrong.found.key).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/the API key is not valid/),
    });
    expect(wrong.stdout + reader.stdout + good.stdout).not.toContain('wrong-wrong');
    const { stdout } = await start('pcctl', ['machines', 'list', '--json'], admin).ended;
    expect(JSON.parse(stdout)).toEqual([]);
    expect(existsSync(join(directory, 'spool'))).toBe(false);
  });

  test.each([
    [0, 0, 'ok', /^the clock of this machine is 0\.\d+ s /],
    [5, 0, 'warning', /is [45]\.\d+ s behind the server's/],
    [-5, 0, 'warning', /is [45]\.\d+ s ahead of the server's/],
    [-100_000, 1, 'failed', /ahead of the server's, .* its samples would be refused/],
  ])('tells how far the clocks differ: %i s', async (seconds, code, state, sentence) => {
    const port = await listen(createPlain(pcdWithClock(seconds)));
    const checked = await trickle(`http://127.0.0.1:${port}`);
    expect(checked.code).toBe(code);
    expect(checked.found.clock).toMatchObject({ state, message: expect.stringMatching(sentence) });
    expect(checked.found.server?.message).toContain('is pcd 9.9.9');
  });

  test('fails where nobody listens, a name does not exist, or something else answers', async () => {
    const gone = createTcp();
    const port = await listen(gone);
    gone.close();
    const refused = await trickle(`http://127.0.0.1:${port}`);
    expect(refused.code).toBe(1);
    expect(refused.found.server).toMatchObject({
      message: expect.stringMatching(/nobody listens there \(ECONNREFUSED\)/),
    });
    expect((await trickle('http://no-such-host.invalid')).found.name).toMatchObject({ state: 'failed' });
    const stranger = await listen(createPlain((_, response) => response.end('<html>')));
    expect((await trickle(`http://127.0.0.1:${stranger}`)).found.server).toMatchObject({
      state: 'failed',
      hint: expect.stringMatching(/Something else than pcd answers there/),
    });
    const mute = await listen(createTcp((socket) => socket.destroy()));
    expect((await trickle(`http://127.0.0.1:${mute}`)).found.server?.hint).toMatch(/https:/);
  });

  test('tells what is wrong with a certificate, and with none', async () => {
    const { ca, server } = makeCertificates(directory);
    const files = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
    const port = await listen(createSecure(files, pcdWithClock(0)));
    const other = await listen(createSecure(files, pcdWithClock(0)), '127.0.0.2');
    const unknown = await trickle(`https://127.0.0.1:${port}`);
    expect(unknown.code).toBe(1);
    expect(unknown.found.tls).toMatchObject({ state: 'failed', hint: expect.stringMatching(/--ca or PCC_CA/) });
    expect((await trickle(`https://127.0.0.1:${port}`, '--ca', ca.cert)).found).toMatchObject({
      tls: { state: 'ok' },
      key: { state: 'ok' },
    });
    expect((await trickle(`https://127.0.0.2:${other}`, '--ca', ca.cert)).found.tls?.message).toMatch(
      /its certificate is for another name/,
    );
    const asking = await listen(createSecure({ ...files, ca: readFileSync(ca.cert), requestCert: true }));
    expect((await trickle(`https://127.0.0.1:${asking}`, '--ca', ca.cert)).found.tls?.hint).toMatch(/--cert and --key/);
    const plain = await listen(createPlain(pcdWithClock(0)));
    expect((await trickle(`https://127.0.0.1:${plain}`)).found.tls?.message).toMatch(/does not speak TLS/);
  });

  test('fails at a spool that another pcc has, or that is none', async () => {
    const spool = join(directory, 'spool');
    const port = await listen(createPlain(pcdWithClock(0)));
    const server = `http://127.0.0.1:${port}`;
    const control = join(directory, 'control.sock');
    const env = { PCC_SPOOL: spool, PCC_CONTROL: control, PCC_APIKEY: 'some-key-or-other' };
    const running = start('pcc', ['--mode', 'trickle', '--server', server, '--frequency', '1h'], env);
    await controlListens(control);
    const used = await trickle(server);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    expect(used.code).toBe(1);
    expect(used.found.spool).toMatchObject({ message: expect.stringMatching(/in use by another pcc, process \d+$/) });
    expect((await trickle(server)).found.spool).toMatchObject({ state: 'ok' });
    rmSync(spool, { recursive: true });
    writeFileSync(spool, 'a file');
    expect((await trickle(server)).found.spool).toMatchObject({ state: 'failed' });
  });

  test('without a server or a key says which is missing', async () => {
    const env = { PCC_MODE: 'trickle', PCC_SPOOL: join(directory, 'spool') };
    const { code, found } = await check([], env);
    expect(code).toBe(1);
    expect(found.server).toMatchObject({
      message: 'trickle mode needs a server',
      hint: expect.stringMatching(/PCC_SERVER/),
    });
    expect((await check([], { ...env, PCC_SERVER: 'http://127.0.0.1:1' })).found.server?.message).toMatch(/an API key/);
  });
});

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', /nothing answers in time/],
  ['ENETUNREACH', /no way to that network/],
])('%s is told in words', (code, sentence) => {
  const cause = Object.assign(new Error('as OpenSSL says it'), { code });
  const error = new ApiError('cannot reach it', { code: 'UNREACHABLE', status: 0, cause });
  expect(unreachable('https://web01', error)).toEqual({
    check: 'server',
    state: 'failed',
    message: expect.stringMatching(sentence),
    hint: expect.any(String),
  });
});

test('an error that is nobody else’s fault is no finding', () => {
  expect(() => unreachable('https://web01', new TypeError('oops'))).toThrow('oops');
});
