import { describe, expect, it } from 'vitest';
import { addressText, isLoopback, parseAddress } from './address.ts';

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
    ['localhost:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { kind: 'tcp', host: '::1', port: 80 }],
    [':8080', { kind: 'tcp', host: '::', port: 8080 }],
    ['unix:/run/pcd/pcd.sock', { kind: 'unix', path: '/run/pcd/pcd.sock' }],
  ] as const)('%s is one', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    ['unix:', /no path/],
    ['unix:pcd.sock', /expected one such as unix:\/run/],
    [`unix:/${'x'.repeat(107)}`, /108 bytes; expected 107 at most/],
    ['unix', /expected one such as 127/],
  ])('%s is none', (text, message) => {
    expect(() => parseAddress(text)).toThrow(message);
  });

  it('is shown as it is written', () => {
    for (const text of ['127.0.0.1:8080', '[::1]:80', 'unix:/run/pcd/pcd.sock'])
      expect(addressText(parseAddress(text))).toBe(text);
  });
});

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('%s is one', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '::1:1', '127.0.0.1.example.org', 'fe80::1'])(
    '%s is none',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
