/** The .rpms, in a root that has what they need, though no rpm put it there. Each test goes on where the one before it ended. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { canHaveRoot, LOGIN } from './debian-root.ts';
import { TestHost } from './test-host.ts';
import { buildRpms } from './test-packages.ts';

const { version: VERSION } = manifest;
const NEXT = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1));
const PROGRAMS = ['pcc', 'pcd', 'pcctl', 'pcprocess'];
const PACKAGES = ['common', 'agent', 'server', 'tools'].map((part) => `perfcollector-${part}`);
const SETTINGS = '/etc/perfcollector/pcc.env';

let host: TestHost;

/** This machine's rpm, on the root. */
async function rpm(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await host.root.runBeside(['rpm', '--root', host.root.path, ...args], LOGIN);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout + stderr;
}

function filesOf(version: string): string[] {
  const directory = join(host.root.path, 'srv', version);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.rpm'))
    .map((file) => join(directory, file));
}

const installed = () => rpm('--query', '--all', '--queryformat', '%{NAME} %{VERSION}\\n');

describe.skipIf(!canHaveRoot)('rpm', () => {
  beforeAll(async () => {
    host = await TestHost.open();
    await Promise.all([VERSION, NEXT].map((version) => buildRpms(version, join(host.root.path, 'srv', version))));
    await rpm('--initdb');
  }, 600_000);
  afterAll(() => host?.[Symbol.asyncDispose]());

  test('installs all four, and the programs answer', async () => {
    await rpm('--install', '--nodeps', ...filesOf(VERSION));
    expect(await rpm('--verify', '--nodeps', ...PACKAGES)).toBe('');
    for (const program of PROGRAMS) expect(await host.must(program, '--version')).toMatch(`${program} ${VERSION} (`);
    expect(await host.shell('stat -c %a /etc/perfcollector/credentials')).toBe('700\n');
  });

  test('an upgrade keeps what was changed in /etc, and data', async () => {
    host.append(SETTINGS, 'PCC_FREQUENCY=5s\n');
    mkdirSync(join(host.root.path, 'var/lib/pcc'));
    writeFileSync(join(host.root.path, 'var/lib/pcc/pcc.json'), 'recorded');
    await rpm('--upgrade', '--nodeps', ...filesOf(NEXT));
    expect((await installed()).trim().split('\n').toSorted()).toEqual(
      PACKAGES.map((name) => `${name} ${NEXT}`).toSorted(),
    );
    for (const program of PROGRAMS) expect(await host.must(program, '--version')).toMatch(`${program} ${NEXT} (`);
    expect(host.read(SETTINGS)).toContain('PCC_FREQUENCY=5s');
    expect(host.read('/var/lib/pcc/pcc.json')).toBe('recorded');
  });

  test('what is erased leaves data, and beside it what was changed', async () => {
    await rpm('--erase', ...PACKAGES);
    expect(await installed()).toBe('');
    expect(host.read(`${SETTINGS}.rpmsave`)).toContain('PCC_FREQUENCY=5s');
    expect(host.read('/var/lib/pcc/pcc.json')).toBe('recorded');
    rmSync(join(host.root.path, 'var/lib/pcc'), { recursive: true });
    const left = await host.shell(
      "find /etc /usr /var ! -type d \\( -path '*perfcollector*' -o -name 'pc[cd]*' -o -name '_pc*' \\)",
    );
    expect(left).toBe(`${SETTINGS}.rpmsave\n`);
  });
});
