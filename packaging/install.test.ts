/** install.sh where it refuses, and on a machine with systemd, as a host of a fleet is. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { canHaveRoot } from '../scripts/package/debian-root.ts';
import { TestHost } from '../scripts/package/test-host.ts';
import { buildDebs } from '../scripts/package/test-packages.ts';
import { Machine } from './systemd/test-machine.ts';

const INSTALL = fileURLToPath(new URL('install.sh', import.meta.url));
const SETTINGS = '/etc/perfcollector/pcc.env';
const KEY = '/etc/perfcollector/credentials/pcc-apikey';
const NOTHING = '0'.repeat(64);

let host: TestHost;

describe.skipIf(!canHaveRoot)('install.sh', () => {
  beforeAll(async () => {
    host = await TestHost.open();
    cpSync(INSTALL, join(host.root.path, 'srv/install.sh'));
  }, 600_000);
  afterAll(() => host?.[Symbol.asyncDispose]());

  describe('refuses', () => {
    test('who is not root', () => refused(['chroot', '--userspec=65534', '/'], [], /only root can install packages/));

    test.each([
      { tool: 'uname', says: 'riscv64', why: /no package for a riscv64; there are some for x86_64 and aarch64/ },
      { tool: 'dpkg', says: 'i386', why: /this system takes packages for i386/ },
      { tool: 'getconf', says: 'glibc 2.17', why: /glibc is 2\.17 here; pcc needs 2\.28 or newer/ },
      { tool: 'getconf', says: '', why: /this system has no glibc/ },
    ])('a host where $tool says $says', ({ tool, says, why }) =>
      refused(['env', `PATH=${stub(tool, says)}:/usr/sbin:/usr/bin`], [], why),
    );

    test('a host with neither dpkg nor rpm', () => {
      const path = '/srv/few';
      mkdirSync(join(host.root.path, path));
      for (const tool of ['sh', 'id', 'uname', 'getconf', 'sort', 'head'])
        symlinkSync(`/usr/bin/${tool}`, join(host.root.path, path, tool));
      return refused(['env', `PATH=${path}`], ['--packages', '/srv'], /neither dpkg nor rpm here; unpack .*tar\.xz/);
    });

    test.each([
      ['an unknown option', ['--key', 'x'], /there is no option --key/],
      ['an option without a value', ['--server'], /--server needs a value/],
      [
        'a value that a file of settings cannot hold',
        ['--server', 'a b'],
        /no blank, quote, .* may be in a value: a b/,
      ],
      ['a key file that is not there', ['--apikey-file', '/none'], /the key was not read/],
      ['a key file with more in it', ['--apikey-file', '/etc/passwd'], /the key is more than one word/],
      ['an empty key', ['--apikey-file', '-'], /there is no key in -; .* set PCC_APIKEY/],
      ['what anybody can change on the way', ['--packages', 'http://mirror/'], /use https, or say with --sums/],
      ['a place without checksums', ['--packages', '/etc'], /\/etc does not hold SHA256SUMS/],
      ['to go on without the package', [], /pcc is not installed; say with --packages where/],
    ])('%s', (_, args, why) => refused([], args, why));

    test.each([
      [
        'damaged packages',
        ['perfcollector-common_1.0.0_all.deb'],
        [],
        /a checksum does not match.*nothing was installed/,
      ],
      ['other checksums', [], ['--sums', NOTHING], /a checksum does not match/],
      ['packages for others', ['perfcollector-common_1.0.0_riscv64.deb'], [], /names no perfcollector-common for this/],
      [
        'two versions',
        ['perfcollector-common_1.0.0_all.deb', 'perfcollector-common_1.0.1_all.deb'],
        [],
        /several: perfcollector-common_1\.0\.0_all\.deb perfcollector-common_1\.0\.1_all\.deb - keep one version/,
      ],
    ])('%s', (_, names, args, why) => {
      const place = join(host.root.path, 'srv/broken');
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
      for (const name of names) writeFileSync(join(place, name), 'damaged');
      writeFileSync(join(place, 'SHA256SUMS'), names.map((name) => `${NOTHING}  ${name}\n`).join(''));
      return refused([], ['--packages', '/srv/broken', ...args], why);
    });
  });

  describe('under systemd', () => {
    let machine: Machine;
    beforeAll(async () => {
      await buildDebs(manifest.version, join(host.root.path, 'srv/packages'));
      machine = await Machine.boot(host.root.path);
      const server = ['common', 'server', 'tools'].map((part) => `/srv/packages/perfcollector-${part}_*.deb`);
      machine.must('sh', '-c', `dpkg --install ${server.join(' ')} && systemctl start pcd`);
      machine.must('pcctl', 'keys', 'create', '--name', 'agents', '--scopes', 'ingest', '-o', '/run/agents.key');
    }, 600_000);
    afterAll(() => machine?.[Symbol.asyncDispose]());

    const install = (...args: readonly string[]) => machine.run('sh', '/srv/install.sh', ...args);
    const ALL = [
      '--packages',
      '/srv/packages',
      '--server',
      'http://127.0.0.1:8080',
      '--apikey-file',
      '/run/agents.key',
    ];
    const processId = () => machine.must('systemctl', 'show', '--property=MainPID', 'pcc');

    test('pcc is started for good, and sends', async () => {
      expect(install(...ALL, '--identifier', 'web01')).toMatchObject({ code: 0 });
      expect(machine.must('systemctl', 'is-enabled', 'pcc')).toBe('enabled\n');
      await machine.until(() => machine.run('pcctl', 'machines', 'show', 'web01').code === 0);
    });

    test('a second run restarts nothing', () => {
      const before = processId();
      const again = install(...ALL, '--identifier', 'web01');
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout).toMatch(/pcc runs, and nothing changed\n$/);
      expect(processId()).toBe(before);
    });

    test('what changes is said, and pcc starts again with it', () => {
      const before = processId();
      const other = install('--identifier', 'web02');
      expect(other).toMatchObject({ code: 0 });
      expect(other.stdout).toMatch(/^install.sh: wrote \/etc\/perfcollector\/pcc.env$/m);
      expect(other.stdout).toMatch(/restarted pcc\n$/);
      expect(processId()).not.toBe(before);
      const settings = machine.must('cat', SETTINGS);
      expect(settings).toContain('#PCC_IDENTIFIER=/etc/machine-id\nPCC_IDENTIFIER=web02\n');
      expect(settings.match(/^[^#\n].*/gm)).toEqual([
        'PCC_MODE=trickle',
        'PCC_IDENTIFIER=web02',
        'PCC_SERVER=http://127.0.0.1:8080',
      ]);
    });

    test('a key that is refused ends it with the exit code of pcc check', () => {
      machine.write('/run/wrong.key', 'wrong\n');
      const wrong = install('--apikey-file', '/run/wrong.key');
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.stdout).toMatch(/^failed +key: /m);
      expect(wrong.stdout + wrong.stderr).not.toContain('wrong\n');
      expect(machine.must('systemctl', 'is-active', 'pcc')).toBe('active\n');
    });

    test('where systemd knows no credentials, the key is a setting that root alone can read', () => {
      machine.must('rm', KEY);
      const path = `PATH=${stub('systemctl', 'systemd 239 (239-82.el8)', '--version')}:/usr/sbin:/usr/bin`;
      machine.must('env', path, 'sh', '/srv/install.sh', '--apikey-file', '/run/agents.key');
      expect(machine.run('cat', KEY).code).toBe(1);
      expect(machine.must('stat', '--format=%a %U', SETTINGS)).toBe('600 root\n');
      const key = machine.must('cat', '/run/agents.key');
      expect(machine.must('cat', SETTINGS)).toContain(`#PCC_APIKEY=pck_...\nPCC_APIKEY=${key}`);
    });
  });
});

/** Runs it in the root, and expects that it says why it does not. */
async function refused(by: readonly string[], args: readonly string[], why: RegExp): Promise<void> {
  const { code, stderr } = await host.root.run([...by, 'sh', '/srv/install.sh', ...args]);
  expect(stderr).toMatch(why);
  expect(code).toBeGreaterThan(0);
}

/** A tool that says this, where it is asked this, and else what it says; gives the directory that it is in. */
function stub(tool: string, says: string, asked = ''): string {
  const path = `/srv/stub-${tool}`;
  mkdirSync(join(host.root.path, path), { recursive: true });
  const otherwise = asked === '' ? '' : `[ "$1" = ${asked} ] || exec /usr/bin/${tool} "$@"\n`;
  const answer = says === '' ? 'exit 1' : `echo '${says}'`;
  writeFileSync(join(host.root.path, path, tool), `#!/bin/sh\n${otherwise}${answer}\n`, { mode: 0o755 });
  return path;
}
