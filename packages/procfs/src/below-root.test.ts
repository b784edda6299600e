import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openHost } from './reader.ts';
import { testRoot } from './test-root.ts';

describe('links of a host below a root', () => {
  test('lead to what is below the same root', () => {
    const { root, put, link } = testRoot({
      '/usr/lib/os-release': 'ID=captured\n',
      '/proc/1/net/dev': 'of process 1\n',
    });
    link('/etc/os-release', '/usr/lib/os-release');
    link('/etc/again', '/etc/os-release');
    link('/lib', 'usr/lib');
    link('/etc/above', '../../../../../../../../usr/lib/os-release');
    link('/proc/net', '1/net');
    put('/absolute/x', '');
    const host = openHost(root);
    for (const path of ['/etc/os-release', '/etc/again', '/lib/os-release', '/etc/above', '/etc/../etc/again'])
      expect(host.readText(path)).toBe('ID=captured\n');
    expect(host.readText('/proc/net/dev')).toBe('of process 1\n');
    link('/d', '/usr/lib');
    expect(host.list('/d')).toStrictEqual(['os-release']);
    expect(host.readLink('/d')).toBe('/usr/lib');
    const file = host.open('/etc/os-release');
    expect(file.read()).toBe('ID=captured\n'.length);
  });

  test('do not lead to this machine', () => {
    const { root, link } = testRoot();
    expect(existsSync('/proc/version')).toBe(true);
    link('/version', '/proc/version');
    link('/climbing', '../../../../../../../../../../proc/version');
    link('/proc-of-this-machine', '/proc');
    const host = openHost(root);
    const paths = ['/version', '/climbing', '/proc-of-this-machine/version', '/../../../../../../../proc/version'];
    for (const path of paths) {
      expect(() => host.readText(path)).toThrow(expect.objectContaining({ reason: 'unavailable' }));
      expect(() => host.open(path).read()).toThrow(expect.objectContaining({ reason: 'unavailable' }));
    }
  });

  test('that lead in a circle are failures', () => {
    const { root, link } = testRoot();
    link('/a', '/b');
    link('/b', '/a');
    expect(() => openHost(root).readText('/a')).toThrow(/cannot read .*\/a: ELOOP/);
  });
});

test('a root is the same however it is written', () => {
  const { root } = testRoot({ '/proc/version': 'captured\n' });
  for (const way of [`${root}/`, `${root}/proc/..`, relative('.', root)])
    expect(openHost(way).readText('/proc/version')).toBe('captured\n');
});
