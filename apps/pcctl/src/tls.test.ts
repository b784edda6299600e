import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificates } from '@perfcollector/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPcctl, startPcd, tempDir } from './test-run.ts';

const directory = tempDir();
const { ca, server, client } = makeCertificates(directory);
const CERTIFICATE = ['--tls-cert', server.cert, '--tls-key', server.key];

const [secure, misnamed, asking, onSocket] = await Promise.all([
  startPcd(CERTIFICATE),
  startPcd(['--tls-cert', ca.cert, '--tls-key', ca.key]),
  startPcd([...CERTIFICATE, '--tls-client-ca', ca.cert]),
  startPcd(['--listen', `unix:${join(directory, 'pcd.sock')}`]),
]);

describe('a server with a certificate', () => {
  test.each([[['version']], [['keys', 'list']], [['machines', 'list']], [['status']]])(
    'is reached by %j once its authority is named, and gets the own key',
    async (argv) => {
      expect(secure.url).toMatch(/^https:/);
      expect(await secure.pcctl([...argv, '--ca', ca.cert])).toMatchObject({ code: 0, stderr: '' });
      expect(await secure.pcctl(argv, { env: { PCCTL_CA: ca.cert } })).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('that nobody known signed is refused with a sentence, before it sees a key', async () => {
    const { code, stdout, stderr } = await secure.pcctl(['status']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^pcctl: cannot reach https:\S+ securely: its certificate is signed by nobody who is trusted here \(\w+\)\n {2}Check the certificates: --ca /,
    );
  });
});

test('a server whose certificate is for another name is refused with a sentence', async () => {
  const { code, stderr } = await misnamed.pcctl(['status', '--ca', ca.cert]);
  expect(code).toBe(1);
  expect(stderr).toContain('securely: its certificate is for another name than that of the address');
});

test('a server that asks for a certificate is shown the one of --cert and --key', async () => {
  const shown = ['--ca', ca.cert, '--cert', client.cert, '--key', client.key];
  expect(await asking.pcctl(['status', ...shown])).toMatchObject({ code: 0, stderr: '' });
  const without = await asking.pcctl(['status', '--ca', ca.cert]);
  expect(without.code).toBe(1);
  expect(without.stderr).toMatch(
    /^pcctl: cannot reach https:\S+ securely: it closed the connection, perhaps for want of a certificate that it trusts \(/,
  );
});

describe('a server without one', () => {
  test('is told as such where the address is https', async () => {
    const plain = createServer().listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    const { code, stderr } = await runPcctl(['version', '--server', `https://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toContain('securely: what answers there does not speak TLS');
  });

  test('needs no certificates: naming them is a mistake', async () => {
    const { code, stderr } = await runPcctl(['version', '--ca', ca.cert, '--server', 'http://127.0.0.1:9']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pcctl: certificates are of no use for http:/);
  });
});

describe('a Unix socket', () => {
  test('reaches a server on this machine, with the own key', async () => {
    expect(onSocket.url).toMatch(/^unix:\/.*\/pcd\.sock$/);
    expect(await onSocket.json(['machines', 'list'])).toEqual([]);
  });

  test('on which nobody listens is told by a sentence', async () => {
    const address = `unix:${join(directory, 'nobody.sock')}`;
    const { code, stderr } = await runPcctl(['version', '--server', address]);
    expect(code).toBe(1);
    expect(stderr).toBe(`pcctl: cannot reach ${address}: ENOENT\n  Is pcd running there, and is the address right?\n`);
  });

  test('with a path from nowhere is no address', async () => {
    expect(await runPcctl(['version', '--server', 'unix:pcd.sock'])).toMatchObject({ code: 2 });
  });
});
