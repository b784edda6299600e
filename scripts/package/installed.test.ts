/**
 * The packages as a host has them: in a Debian without Node, where they go through what packages go through. Each test goes on
 * where the one before it ended.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, observe, spawnAmongFuse } from '@perfcollector/testing';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { canHaveRoot, LOGIN } from './debian-root.ts';
import { TestHost } from './test-host.ts';
import { buildDebs } from './test-packages.ts';

const INSTALL = fileURLToPath(new URL('../../packaging/install.sh', import.meta.url));
const PROGRAMS = ['pcc', 'pcd', 'pcctl', 'pcprocess'];
const PACKAGES = ['common', 'agent', 'server', 'tools'].map((part) => `perfcollector-${part}`);
const KEY = '/etc/perfcollector/credentials/pcc-apikey';
const { version: VERSION } = manifest;
const NEXT = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1));

let host: TestHost;
/** What install.sh says that pcc is started with: the variables of the unit. */
let unit: Readonly<Record<string, string>>;

const trickle = (...args: readonly string[]) =>
  host.start('pcc', ['--env-file', '/etc/perfcollector/pcc.env', ...args], unit);

const installSh = (...args: readonly string[]) => host.root.run(['sh', '/srv/install.sh', ...args]);

async function received(): Promise<{ expected: number; received: number; missing_samples: number }> {
  return JSON.parse(await host.must('pcctl', 'completeness', 'web01', '--json')).total;
}

/** What this checkout's own pcprocess makes of a collection of the host. */
async function convertHere(collection: string, ...args: readonly string[]): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'installed-'));
  const { ended } = observe(
    spawn(bin('pcprocess'), [join(host.root.path, collection), '--outdir', outdir, ...args], { stdio: 'pipe' }),
  );
  expect(await ended).toMatchObject({ code: 0 });
  return outdir;
}

/** Eight megabytes: so much is divided among threads. */
function manySamples(): string {
  const path = '/tmp/many.json';
  const [header = '', ...lines] = host.read('/tmp/exported.json').trimEnd().split('\n');
  const sample = JSON.parse(lines.find((line) => line.includes('"fields"')) ?? '');
  const count = Math.ceil(8_000_000 / JSON.stringify(sample).length);
  const made = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ ...sample, timestamp: Math.floor(sample.timestamp) + index, seq: sample.seq + index }),
  );
  writeFileSync(join(host.root.path, path), `${[header, ...made].join('\n')}\n`);
  return path;
}

describe.skipIf(!canHaveRoot)('installed packages', () => {
  beforeAll(async () => {
    host = await TestHost.open();
    await Promise.all([VERSION, NEXT].map((version) => buildDebs(version, join(host.root.path, 'srv', version))));
    cpSync(INSTALL, join(host.root.path, 'srv/install.sh'));
  }, 600_000);
  afterAll(() => host?.[Symbol.asyncDispose]());

  test('dpkg installs a server on a system that has no Node', async () => {
    expect(await host.shell('for name in node nodejs npm npx; do command -v $name; done; true')).toBe('');
    const names = ['perfcollector-common', 'perfcollector-server', 'perfcollector-tools'];
    await host.shell(`dpkg --install ${names.map((name) => `/srv/${VERSION}/${name}_*.deb`).join(' ')}`);
    expect(await host.shell(`dpkg --audit; dpkg --verify ${names.join(' ')}`)).toBe('');
    await host.startPcd();
    expect(await host.shell('grep -lx pcd /proc/[0-9]*/comm')).toContain('/comm'); // what ps and pgrep go by
    await host.must('pcctl', 'keys', 'create', '--name', 'agents', '--scopes', 'ingest', '-o', '/root/agents.key');
  });

  test('install.sh puts the agent beside it, with key and settings, and finds that it can work', async () => {
    const how = ['--packages', `/srv/${VERSION}`, '--server', host.server, '--identifier', 'web01'];
    const stdin = host.read('/root/agents.key');
    const first = await host.root.run(['sh', '/srv/install.sh', ...how, '--apikey-file', '-'], { stdin });
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^ok +key: the API key is accepted/m);
    const [, variables = ''] = /^install.sh: +(.*) pcc --env-file/m.exec(first.stdout) ?? [];
    unit = Object.fromEntries(variables.split(' ').map((pair) => pair.split('=') as [string, string]));
    expect(host.read(KEY)).toBe(stdin);
    expect(await host.shell(`stat -c '%a %U' ${KEY} $(dirname ${KEY})`)).toBe('600 root\n700 root\n');
  });

  test('a second run of install.sh changes nothing', async () => {
    const before = await host.shell('find /etc /usr /lib /var/lib/dpkg -type f -printf "%p %T@ %C@\\n" | sort');
    const how = ['--packages', `/srv/${VERSION}`, '--server', host.server, '--identifier', 'web01'];
    const again = await installSh(...how, '--apikey-file', '/root/agents.key');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).not.toMatch(/wrote|installing/);
    expect(await host.shell('find /etc /usr /lib /var/lib/dpkg -type f -printf "%p %T@ %C@\\n" | sort')).toBe(before);
  });

  test('install.sh leaves pcc alone where it would not start with the settings', async () => {
    const { code, stdout } = await installSh('--server', 'ftp://nowhere', '--identifier', 'web01');
    expect(stdout).toContain('pcc would not start with these settings');
    expect(code).toBe(2);
    expect(await installSh('--server', host.server)).toMatchObject({ code: 0 });
  });

  test.each(PROGRAMS)('%s answers by its name, and brings its manual and its completions', async (program) => {
    expect(await host.must(program, '--version')).toContain(`${program} ${VERSION} (`);
    const manual = await host.root.runBeside(
      ['man', join(host.root.path, `usr/share/man/man1/${program}.1.gz`)],
      LOGIN,
    );
    expect(manual.stdout).toMatch(new RegExp(`^${program.toUpperCase()}\\(1\\)`));
    const listed = await host.shell(
      `bash -c '. /usr/share/bash-completion/completions/${program}; complete -p ${program}'`,
    );
    expect(listed).toContain(program);
    for (const path of [`zsh/vendor-completions/_${program}`, `fish/vendor_completions.d/${program}.fish`])
      expect(host.read(`/usr/share/${path}`)).toContain(program);
  });

  test('ten samples reach pcd, come back, and are the same numbers as a table', async () => {
    expect(await trickle('--frequency', '100ms', '--duration', '1s').ended).toMatchObject({ code: 0 });
    expect(await received()).toMatchObject({ expected: 10, received: 10, missing_samples: 0 });
    await host.must('pcctl', 'export', 'web01', '-o', '/tmp/exported.json');
    await host.must('pcprocess', '/tmp/exported.json', '--outdir', '/tmp/csv');
    const lines = host.read('/tmp/exported.json').trimEnd().split('\n');
    const samples = lines.map((line) => JSON.parse(line)).filter(({ fields }) => fields);
    const rows = parse(host.read('/tmp/csv/web01.csv'), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(10);
    for (const [index, { timestamp, fields }] of samples.entries()) {
      expect(Number(rows[index]?.timestamp)).toBe(timestamp);
      for (const name of ['mem_total', 'mem_available', 'loadavg_1min', 'vm_pagefault'])
        expect(Number(rows[index]?.[name])).toBe(fields[name]);
    }
    const here = await convertHere('/tmp/exported.json');
    for (const name of readdirSync(here))
      expect(host.read(`/tmp/csv/${name}`)).toBe(readFileSync(join(here, name), 'utf8'));
    rmSync(here, { recursive: true });
  });

  test.each(['wide', 'long', 'parquet'])(
    'threads make the table %s of much that this checkout makes',
    async (layout) => {
      const collection = manySamples();
      await host.must('pcprocess', collection, '--outdir', `/tmp/${layout}`, '--layout', layout);
      const here = await convertHere(collection, '--layout', layout);
      for (const name of readdirSync(here))
        expect(readFileSync(join(host.root.path, 'tmp', layout, name)).equals(readFileSync(join(here, name)))).toBe(
          true,
        );
      rmSync(here, { recursive: true });
    },
  );

  test('pcc asks mounts that may hang in a process of its own, and runs a command', async () => {
    const line = 'mount -t proc none "$0/proc" && exec env -i /usr/sbin/chroot "$0" /usr/bin/pcc once --json';
    const mounts = { [join(host.root.path, 'mnt')]: 'live' } as const;
    const once = await observe(spawnAmongFuse(mounts, ['sh', '-c', line, host.root.path])).ended;
    expect(once).toMatchObject({ code: 0 });
    expect(JSON.parse(once.stdout).fields['fs_/mnt_blocks_total']).toBeGreaterThan(0);
    const run = host.start('pcc', ['run', '--collection', '/tmp/run.json', '--', '/bin/sh', '-c', 'echo told; exit 3']);
    expect(await run.ended).toMatchObject({ code: 3, stdout: 'told\n' });
  });

  test('nothing is lost where pcd is killed', async () => {
    const { received: before } = await received();
    const agent = trickle('--frequency', '100ms', '--duration', '4s');
    await expect.poll(async () => (await received()).received).toBeGreaterThan(before + 5);
    await host.stopPcd('KILL');
    await host.startPcd();
    expect(await agent.ended).toMatchObject({ code: 0 });
    expect(await received()).toMatchObject({ expected: before + 40, received: before + 40, missing_samples: 0 });
  });

  test('an upgrade keeps data, keys and what was changed in /etc, and takes all packages along', async () => {
    const { received: before } = await received();
    host.append('/etc/perfcollector/pcd.env', 'PCD_RETENTION=400d\n');
    const kept = ['/etc/perfcollector/pcd.env', '/etc/perfcollector/pcc.env', KEY].map((path) => [
      path,
      host.read(path),
    ]);
    expect(await installSh('--packages', `/srv/${NEXT}`)).toMatchObject({ code: 0 });
    for (const program of PROGRAMS) expect(await host.must(program, '--version')).toContain(`${program} ${NEXT} (`);
    for (const [path = '', text] of kept) expect(host.read(path)).toBe(text);
    await host.stopPcd('TERM');
    await host.startPcd();
    expect(await received()).toMatchObject({ received: before, missing_samples: 0 });
    expect(await trickle('--frequency', '100ms', '--duration', '1s').ended).toMatchObject({ code: 0 });
    expect(await received()).toMatchObject({ received: before + 10 });
    await host.stopPcd('TERM');
  });

  test('what is removed leaves data and settings, and finds them again', async () => {
    await host.shell(`dpkg --remove ${PACKAGES.join(' ')}`);
    expect(await host.shell('ls /usr/bin/pc* /usr/lib/perfcollector 2>/dev/null | wc -l')).toBe('0\n');
    expect(host.read('/etc/perfcollector/pcd.env')).toContain('PCD_RETENTION=400d');
    expect(statSync(join(host.root.path, '/var/lib/pcd/pcd.sqlite')).size).toBeGreaterThan(0);
    await host.shell(`dpkg --install /srv/${NEXT}/*.deb`);
    await host.startPcd();
    expect((await received()).received).toBeGreaterThan(0);
    await host.stopPcd('TERM');
  });

  test('what is purged leaves nothing, and is as new when it is installed again', async () => {
    await host.shell(`dpkg --purge ${PACKAGES.join(' ')}`);
    const named = ['perfcollector*', 'pc[cd]*', 'pcprocess*', '_pc*'].map((name) => `-name '${name}'`).join(' -o ');
    expect(await host.shell(`find /etc /usr /var ${named}`)).toBe('');
    await host.shell(`dpkg --install /srv/${NEXT}/*.deb`);
    expect(host.read('/etc/perfcollector/pcd.env')).not.toContain('PCD_RETENTION=400d');
    await host.startPcd();
    expect(JSON.parse(await host.must('pcctl', 'machines', 'list', '--json'))).toEqual([]);
    await host.stopPcd('TERM');
  });
});
