import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'packages-'));
const MEGABYTES = 1_000_000;

/** As `npm run package` does, packed less. @returns where the packages are */
function build(name: string, { umask, ...env }: Readonly<Record<string, string>> = {}): string {
  const out = join(place, name);
  // Another directory for what is made in between, so that no path of it can stay inside unnoticed.
  const TMPDIR = mkdtempSync(join(place, `scratch-of-${name}-`));
  const argv = [process.execPath, 'scripts/package.ts', '--quick', '--arch', 'amd64', '--out', out];
  const shell = ['-c', `umask ${umask ?? '022'}; exec "$@"`, 'sh', ...argv];
  execFileSync('sh', shell, { cwd: root, env: { ...process.env, TMPDIR, ...env }, stdio: 'pipe' });
  return out;
}

function run(tool: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 16 * MEGABYTES });
  expect({ tool, status, stderr: status === 0 ? '' : stderr, error }).toEqual({ tool, status: 0, stderr: '' });
  return stdout;
}

function debsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(directory, file));
}

let packages: string;
beforeAll(() => {
  packages = build('one');
}, 300_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('two builds of one commit are the same bytes, whoever makes them', () => {
  const again = build('another', { umask: '077', TZ: 'Pacific/Auckland', LC_ALL: 'C.UTF-8', HOME: place });
  expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(readFileSync(join(packages, 'SHA256SUMS'), 'utf8'));
}, 300_000);

test('what is no package is not deleted', () => {
  const out = join(place, 'mine');
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), '');
  expect(() => build('mine')).toThrow(/cannot package into .*mine: thesis\.txt is there/);
  expect(readdirSync(out)).toEqual(['thesis.txt']);
});

test('every file that was made is in SHA256SUMS, and is what it says', () => {
  const checked = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: packages, encoding: 'utf8' });
  const files = readdirSync(packages, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(checked.trim().split('\n')).toHaveLength(files.length - 1);
});

test('the suite is at most 45 MB', () => {
  const size = debsIn(packages).reduce((sum, file) => sum + statSync(file).size, 0);
  expect(size).toBeLessThan(45 * MEGABYTES);
  const [tarball = ''] = readdirSync(packages).filter((file) => file.endsWith('.tar.xz'));
  expect(statSync(join(packages, tarball)).size).toBeLessThan(45 * MEGABYTES);
});

test('the executable needs no C library newer than those of Debian 11 and RHEL 8', () => {
  const symbols = run('objdump', '-T', join(packages, 'amd64/perfcollector'));
  const newest = (prefix: string) => {
    const found = Array.from(
      symbols.matchAll(new RegExp(`\\b${prefix}_([0-9.]+)`, 'g')),
      ([, version = '']) => version,
    );
    return found
      .map((version) => version.split('.').map(Number))
      .sort(compareVersions)
      .at(-1);
  };
  expect(compareVersions(newest('GLIBC') ?? [], [2, 28])).toBeLessThanOrEqual(0);
  expect(compareVersions(newest('GLIBCXX') ?? [], [3, 4, 25])).toBeLessThanOrEqual(0);
});

function compareVersions(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? -1);
}

test('lintian finds nothing', () => {
  expect(run('lintian', '--fail-on', 'error,warning', ...debsIn(packages))).toBe('');
}, 300_000);

test('rpm reads the same packages, and what they need', () => {
  const rpms = readdirSync(packages).filter((file) => file.endsWith('.rpm'));
  expect(rpms).toHaveLength(debsIn(packages).length);
  const query = (name: string, what: string) =>
    run('rpm', '--query', what, '--package', join(packages, rpms.find((file) => file.includes(name)) ?? name));
  expect(query('agent', '--requires')).toContain('perfcollector-common = 1.0.0-1');
  expect(query('common', '--requires')).toContain('libc.so.6(GLIBC_2.28)(64bit)');
  expect(query('common', '--requires')).toContain('libatomic.so.1()(64bit)');
  expect(query('agent', '--configfiles')).toBe('/etc/perfcollector/pcc.env\n');
  for (const [name, directory] of [
    ['common', '/usr/lib/perfcollector'],
    ['agent', '/etc/perfcollector'],
  ] as const)
    expect(query(name, '--list').split('\n')).toContain(directory); // or it stays when the package goes
  expect(query('tools', '--list').split('\n')).toEqual(
    expect.arrayContaining(['/usr/bin/pcctl', '/usr/bin/pcprocess']),
  );
});

describe('what goes with the executable', () => {
  const documents = () => {
    const into = join(place, 'common');
    const [common = ''] = debsIn(packages).filter((file) => file.includes('-common_'));
    run('dpkg-deb', '--extract', common, into);
    return join(into, 'usr/share/doc/perfcollector-common');
  };

  test('a list of what is inside that CycloneDX takes, and a licence for all of it', async () => {
    const directory = documents();
    const text = readFileSync(join(directory, 'sbom.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { components } = JSON.parse(text) as { components: { group?: string; name: string; version: string }[] };
    const names = components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    expect(names).toEqual(
      expect.arrayContaining(['node', 'fastify', '@fastify/rate-limit', 'commander', 'zod', 'undici']),
    );
    const licenceOf = (at: number) => `${names[at]?.replace('/', '-')}-${components[at]?.version}.txt`;
    for (const [at, name] of names.entries()) {
      const licence = readFileSync(join(directory, 'licences', licenceOf(at)), 'utf8');
      expect(licence).toContain(`${name} ${components[at]?.version} is under this licence: `);
    }
    const ofNode = readFileSync(join(directory, 'licences', licenceOf(names.indexOf('node'))), 'utf8');
    expect(ofNode).toContain('OpenSSL');
  });
});
