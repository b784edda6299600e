/** The role on a machine with systemd, as a host of a fleet is, and what linters say of it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { observe } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { canHaveRoot, type DebianRoot, debianRoot } from '../../scripts/package/debian-root.ts';
import { buildDebs } from '../../scripts/package/test-packages.ts';
import { Machine } from '../systemd/test-machine.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PLAY = '- hosts: all\n  roles: [perfcollector]\n';

test.each([
  ['yamllint', ['--strict', '.']],
  ['ansible-lint', ['--offline', '--profile', 'production', '--nocolor']],
])('%s has nothing to say', (tool, args) => {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd: HERE, encoding: 'utf8' });
  expect({ error, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
});

describe.skipIf(!canHaveRoot)('the role', () => {
  const place = mkdtempSync(join(tmpdir(), 'role-'));
  let root: DebianRoot;
  let machine: Machine;

  beforeAll(async () => {
    root = await debianRoot();
    await buildDebs(manifest.version, join(root.path, 'srv/packages'));
    machine = await Machine.boot(root.path);
    const server = ['common', 'server', 'tools'].map((part) => `/srv/packages/perfcollector-${part}_*.deb`);
    machine.must('sh', '-c', `dpkg --install ${server.join(' ')} && systemctl start pcd`);
    machine.must('pcctl', 'keys', 'create', '--name', 'agents', '--scopes', 'ingest', '-o', '/run/agents.key');
    writeFileSync(join(place, 'play.yml'), PLAY);
    // Ansible comes as by ssh: the last argument is the command, and files come by its standard input.
    const enter = machine.entering('sh', '-c').join(' ');
    writeFileSync(join(place, 'ssh'), `#!/bin/sh\nfor last; do :; done\nexec ${enter} "$last"\n`, { mode: 0o755 });
  }, 600_000);
  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
    await root?.close();
    rmSync(place, { recursive: true, force: true });
  });

  /** What it says in the end: how many tasks changed something, and how many failed. */
  async function play(
    more: Readonly<Record<string, string>>,
  ): Promise<{ changed: number; failed: number; said: string }> {
    const variables = {
      perfcollector_packages: join(root.path, 'srv/packages'),
      perfcollector_server: 'http://127.0.0.1:8080',
      perfcollector_identifier: 'web01',
      ...more,
    };
    writeFileSync(join(place, 'variables.json'), JSON.stringify(variables), { mode: 0o600 });
    const args = ['--inventory', 'web01,', '--extra-vars', '@variables.json', 'play.yml'];
    const { stdout, stderr } = await observe(
      spawn('ansible-playbook', args, {
        cwd: place,
        env: {
          ...process.env,
          HOME: place,
          ANSIBLE_ROLES_PATH: join(HERE, 'roles'),
          ANSIBLE_PIPELINING: 'true',
          ANSIBLE_SSH_EXECUTABLE: join(place, 'ssh'),
          ANSIBLE_SSH_TRANSFER_METHOD: 'piped',
        },
      }),
    ).ended;
    const [, changed, failed] = /^web01 .* changed=(\d+) .* failed=(\d+)/m.exec(stdout) ?? [];
    return { changed: Number(changed), failed: Number(failed), said: stdout + stderr };
  }

  const key = () => machine.must('cat', '/run/agents.key').trim();
  const processId = () => machine.must('systemctl', 'show', '--property=MainPID', 'pcc');

  test('starts pcc for good, which sends', async () => {
    const first = await play({ perfcollector_apikey: key() });
    expect(first).toMatchObject({ failed: 0 });
    expect(first.changed).toBeGreaterThan(3);
    expect(first.said).not.toContain(key());
    expect(machine.must('systemctl', 'is-enabled', 'pcc')).toBe('enabled\n');
    await machine.until(() => machine.run('pcctl', 'machines', 'show', 'web01').code === 0);
  }, 180_000);

  test('changes nothing the second time', async () => {
    const before = processId();
    expect(await play({ perfcollector_apikey: key() })).toMatchObject({ changed: 0, failed: 0 });
    expect(processId()).toBe(before);
  }, 180_000);

  test('writes other settings, and fails where pcc cannot work with them', async () => {
    const before = processId();
    const wrong = await play({ perfcollector_apikey: 'wrong' });
    expect(wrong).toMatchObject({ failed: 1 });
    expect(wrong.said).toContain('refused: the API key is not valid');
    expect(processId()).not.toBe(before);
  }, 180_000);
});
