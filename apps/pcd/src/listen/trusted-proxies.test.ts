import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { startServer } from '../test-server.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

describe('the list of trusted proxies', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5', '10.0.0.6'],
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    ['192.0.2.1, 10.1.0.0/16', '10.1.2.3', '10.2.0.1'],
    ['loopback', '127.9.9.9', '128.0.0.1'],
    ['loopback', '::1', '::2'],
    ['fd00::/8', 'fd12::1', 'fe80::1'],
    ['10.0.0.0/8', '::ffff:10.0.0.1', '::ffff:11.0.0.1'],
    ['unix', undefined, '127.0.0.1'],
    ['unix,loopback', '127.0.0.1', '10.0.0.1'],
    ['loopback', '127.0.0.1', undefined],
    ['0.0.0.0/0', '1.2.3.4', 'no address'],
  ])('%s holds %s and not %s', (list, inside, outside) => {
    const trusts = parseTrustedProxies(list);
    expect([trusts(inside), trusts(outside)]).toEqual([true, false]);
  });

  it.each(['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.1,,', '10.0.0/8'])(
    '%j is none',
    (list) => {
      expect(() => parseTrustedProxies(list)).toThrow(/is no address; expected addresses such as 10\.0\.0\.5/);
    },
  );
});

describe('the address that a request comes from', () => {
  /** What a server that trusts these proxies takes for it. */
  async function addressOf(trusted: string | undefined, remoteAddress: string, forwarded: string): Promise<string> {
    await using server = await startServer();
    const trustProxy = trusted === undefined ? undefined : parseTrustedProxies(trusted);
    const app = buildApp(server.context, pino({ level: 'silent' }), { trustProxy });
    let address = '';
    app.addHook('onRequest', async ({ ip }) => {
      address = ip;
    });
    await app.inject({ url: '/v1/version', remoteAddress, headers: { 'x-forwarded-for': forwarded } });
    await app.close();
    return address;
  }

  it('is that of the connection, whatever it claims', async () => {
    expect(await addressOf(undefined, '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
    expect(await addressOf('10.0.0.5', '10.0.0.6', '203.0.113.9')).toBe('10.0.0.6');
  });

  it('is what a trusted proxy says', async () => {
    expect(await addressOf('10.0.0.5', '10.0.0.5', '203.0.113.9')).toBe('203.0.113.9');
  });

  it('is what the outermost trusted proxy saw, not what its client claimed', async () => {
    expect(await addressOf('10.0.0.0/8', '10.0.0.5', '198.51.100.1, 203.0.113.9, 10.0.0.7')).toBe('203.0.113.9');
  });
});
