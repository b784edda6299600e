/**
 * The packages where systemd runs: a Debian without Node is booted, dpkg installs them, and then what the README tells is done word
 * for word. Each test goes on where the one before it ended.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { shellBlocks } from '../../scripts/documents.ts';
import { canHaveRoot, type DebianRoot, debianRoot } from '../../scripts/package/debian-root.ts';
import { buildDebs } from '../../scripts/package/test-packages.ts';
import { Machine } from './test-machine.ts';

const { version: VERSION } = manifest;
const NEXT = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1));
const SERVICES = ['pcc', 'pcd', 'pcc@fast'];
const PACKAGES = ['common', 'agent', 'server', 'tools'].map((part) => `perfcollector-${part}`);
const SETTINGS = ['pcc.env', 'pcd.env', 'pcc-fast.env', 'credentials/pcc-apikey'].map(
  (name) => `/etc/perfcollector/${name}`,
);
/** As the README leaves pcd. */
const TLS = '--server https://127.0.0.1:8443 --ca /etc/perfcollector/pcd.crt';

let root: DebianRoot;
let machine: Machine;

describe.skipIf(!canHaveRoot)('packages under systemd', () => {
  beforeAll(async () => {
    root = await debianRoot();
    await Promise.all([VERSION, NEXT].map((version) => buildDebs(version, join(root.path, 'opt', version))));
    machine = await Machine.boot(root.path);
  }, 600_000);
  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
    await root?.close();
  });

  test('dpkg installs them, and both services are enabled and work', async () => {
    await session(`dpkg --install /opt/${VERSION}/*.deb`);
    await session('systemctl is-enabled pcc pcd && systemctl is-active pcc pcd && pcctl ping');
    expect(running()).toBe(2);
  });

  test('every command for systemd runs as written', async () => {
    await session(shellBlocks('sh systemd').join('\n'));
    await machine.until(() => received() > 0);
  }, 120_000);

  test('an upgrade starts anew what runs, and keeps settings and data', async () => {
    await session('echo PCC_FREQUENCY=500ms >> /etc/perfcollector/pcc.env; systemctl restart pcc pcc@fast');
    const [settings, before, pids] = [machine.must('cat', ...SETTINGS), received(), SERVICES.map(pidOf)];
    await session(`dpkg --install /opt/${NEXT}/*.deb`);
    await machine.until(() => SERVICES.every((name, at) => isActive(name) && pidOf(name) !== pids[at]));
    expect(machine.must('pcc', '--version')).toContain(`pcc ${NEXT} (`);
    expect(machine.must('cat', ...SETTINGS)).toBe(settings);
    await machine.until(() => received() > before);
    expect(machine.must('grep', '-c', '"collection":', '/var/lib/pcc-fast/pcc.json')).toBe('3\n');
  });

  test('what is removed has stopped, and goes on where it was when it is installed again', async () => {
    const before = received();
    await session(`dpkg --remove ${PACKAGES.join(' ')}`);
    for (const name of SERVICES) expect(isActive(name)).toBe(false);
    expect(machine.must('systemctl', 'list-units', '--failed', '--no-legend')).toBe('');
    expect(running()).toBe(0);
    machine.must('test', '-s', '/var/lib/pcd/pcd.sqlite', '-a', '-s', '/var/lib/pcc-fast/pcc.json');
    machine.must('cat', ...SETTINGS);
    await session(`dpkg --install /opt/${NEXT}/*.deb`);
    await machine.until(() => isActive('pcc') && isActive('pcd') && received() > before);
  });

  test('a purge leaves nothing but what an administrator put beside it', async () => {
    await session(`systemctl start pcc@fast; dpkg --purge ${PACKAGES.join(' ')}`);
    for (const name of SERVICES) expect(isActive(name)).toBe(false);
    const named = ['perfcollector*', 'pc[cd]*', 'pcprocess*', '_pc*'].map((name) => `-name '${name}'`).join(' -o ');
    const { stdout } = await session(`find /etc /usr /var /run ! -path '*/cgroup/*' \\( ${named} \\) | sort`);
    expect(stdout).toBe('/etc/perfcollector\n/etc/perfcollector/pcd.crt\n/etc/perfcollector/pcd.key\n');
    expect(machine.run('systemctl', 'list-unit-files', '--no-legend', 'pc*').stdout).toBe('');
  });
});

/** @throws where a command of it fails */
async function session(script: string): Promise<{ stdout: string }> {
  const { code, stdout, stderr } = await machine.session(script);
  expect({ code, told: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, told: '' });
  return { stdout };
}

function isActive(unit: string): boolean {
  return machine.run('systemctl', 'is-active', unit).stdout === 'active\n';
}

function pidOf(unit: string): string {
  return machine.must('systemctl', 'show', '--value', '--property=MainPID', unit).trim();
}

/** How many processes are of the one executable, whatever they are called. */
function running(): number {
  const found = machine.must('sh', '-c', 'readlink /proc/[0-9]*/exe || true');
  return found.split('\n').filter((path) => path.startsWith('/usr/lib/perfcollector/perfcollector')).length;
}

/** How many samples pcd has; none while it does not answer. */
function received(): number {
  const { code, stdout } = machine.run('sh', '-c', `pcctl machines list --json ${TLS}`);
  return code === 0 ? JSON.parse(stdout)[0].samples : 0;
}
