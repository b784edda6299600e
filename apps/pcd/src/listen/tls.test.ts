import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlainly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Client } from '@perfcollector/api';
import { type Certificate, makeCertificates, runMain } from '@perfcollector/testing';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../main.ts';
import { type RunningPcd, startPcd } from '../test-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'pcd-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));
const [ours, others] = ['ours', 'others'].map((name) => {
  mkdirSync(join(directory, name));
  return makeCertificates(join(directory, name));
}) as [ReturnType<typeof makeCertificates>, ReturnType<typeof makeCertificates>];

/** Where pcd finds its certificate; a test puts others there. */
const live: Certificate = { cert: join(directory, 'live.crt'), key: join(directory, 'live.key') };

function install({ cert, key }: Certificate): void {
  copyFileSync(cert, live.cert);
  copyFileSync(key, live.key);
}

let home: string;
beforeEach(() => {
  install(ours.server);
  home = mkdtempSync(join(directory, 'home-'));
});

function startTls(env: Readonly<Record<string, string>> = {}): Promise<RunningPcd> {
  return startPcd(home, { PCD_TLS_CERT: live.cert, PCD_TLS_KEY: live.key, ...env });
}

/** A connection on which HTTP can be spoken; whoever the server is. */
async function connectTo({ url }: RunningPcd, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket.on('error', () => {}); // its pcd is killed when the test is over
}

function fingerprintOf({ cert }: Certificate): string {
  return new X509Certificate(readFileSync(cert)).fingerprint256;
}

/** The first line of the answer; the connection stays. */
async function ask(socket: TLSSocket): Promise<string> {
  const answered = once(socket, 'data');
  socket.write('GET /v1/version HTTP/1.1\r\nHost: pcd\r\n\r\n');
  return String(await answered).split('\r\n')[0] ?? '';
}

describe('a pcd with a certificate', () => {
  it('serves https and nothing else, from TLS 1.2 on', async () => {
    await using pcd = await startTls();
    expect(pcd.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const client = new Client({ server: pcd.url, tls: { ca: readFileSync(ours.ca.cert) } });
    expect(await client.version()).toMatchObject({ name: 'pcd' });
    await client.close();
    expect((await connectTo(pcd, { maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
    const old = connectTo(pcd, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await expect(old).rejects.toThrow(/version|protocol/i);
    const plain = connectPlainly(Number(new URL(pcd.url).port), '127.0.0.1');
    plain.write('GET /v1/version HTTP/1.1\r\nHost: pcd\r\n\r\n');
    expect(await text(plain)).not.toContain('200 OK');
    expect(await ask(await connectTo(pcd))).toBe('HTTP/1.1 200 OK');
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('takes a new one at SIGHUP, and the connections that stand go on', async () => {
    await using pcd = await startTls();
    const before = await connectTo(pcd);
    expect(before.getPeerCertificate().fingerprint256).toBe(fingerprintOf(ours.server));
    install(others.server);
    pcd.process.child.kill('SIGHUP');
    await pcd.process.said(/SIGHUP: .*live\.crt is in use from now on/);
    const after = await connectTo(pcd);
    expect(after.getPeerCertificate().fingerprint256).toBe(fingerprintOf(others.server));
    expect([await ask(before), await ask(after)]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
  });

  it.each([
    ['is none', () => writeFileSync(live.cert, 'nonsense'), /cannot use \S+live\.crt: there is no certificate in it/],
    ['is gone', () => rmSync(live.cert), /cannot read the certificate \S+live\.crt: no such file/],
    [
      "is another key's",
      () => copyFileSync(others.server.cert, live.cert),
      /live\.key is not the one of the certificate/,
    ],
  ])('keeps the old one where the new one %s, and says so in one line', async (_, damage, sentence) => {
    await using pcd = await startTls();
    damage();
    pcd.process.child.kill('SIGHUP');
    const [line] = await pcd.process.said(/^.*SIGHUP: .*$/m);
    expect(JSON.parse(line)).toMatchObject({ level: 50, msg: expect.stringMatching(sentence) });
    const socket = await connectTo(pcd);
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprintOf(ours.server));
    install(others.server);
    pcd.process.child.kill('SIGHUP');
    await pcd.process.said(/is in use from now on/);
  });
});

describe('a pcd that asks for the certificates of its clients', () => {
  const CLIENT_CA = { PCD_TLS_CLIENT_CA: ours.ca.cert };

  it('lets those in that the authority signed', async () => {
    await using pcd = await startTls(CLIENT_CA);
    const [ca, cert, key] = [ours.ca.cert, ours.client.cert, ours.client.key].map((path) => readFileSync(path));
    const client = new Client({ server: pcd.url, tls: { ca, cert, key } });
    expect(await client.health()).toEqual({ status: 'ok' });
    await client.close();
  });

  it('lets nobody else ask anything, before and after SIGHUP', async () => {
    await using pcd = await startTls(CLIENT_CA);
    const ca = readFileSync(ours.ca.cert);
    const stranger = { cert: readFileSync(others.client.cert), key: readFileSync(others.client.key) };
    for (const tls of [{ ca }, { ca, ...stranger }]) {
      const client = new Client({ server: pcd.url, tls });
      await expect(client.health()).rejects.toMatchObject({ status: 0 });
      await client.close();
    }
    pcd.process.child.kill('SIGHUP');
    await pcd.process.said(/is in use from now on/);
    const client = new Client({ server: pcd.url, tls: { ca } });
    await expect(client.health()).rejects.toMatchObject({ status: 0 });
    await client.close();
  });
});

describe('certificates that cannot be used', () => {
  it.each([
    [['--tls-cert', live.cert], 2, /^pcd: a certificate and its private key go together\n.*--tls-cert and --tls-key/],
    [['--tls-client-ca', live.cert], 2, /^pcd: only an https server can ask for certificates\n/],
    [
      ['--tls-cert', live.key, '--tls-key', live.key],
      1,
      /^pcd: cannot use \S+live\.key: there is no certificate in it\n/,
    ],
    [['--tls-cert', live.cert, '--tls-key', others.server.key], 1, /^pcd: the private key in \S+ is not the one of/],
    [['--tls-cert', '/nowhere.crt', '--tls-key', live.key], 1, /^pcd: cannot read the certificate \/nowhere\.crt: /],
  ] as const)('%s end it before its home is made', async (argv, code, message) => {
    const untouched = join(home, 'not-made');
    const all = ['--home', untouched, '--listen', '127.0.0.1:0', ...argv];
    const ran = await runMain(main, all, { signal: AbortSignal.abort() });
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
    expect(ran.stderr).toMatch(message);
    expect(() => readFileSync(untouched)).toThrow('ENOENT');
  });
});
