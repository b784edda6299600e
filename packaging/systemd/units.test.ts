import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGED } from '@perfcollector/cli';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const UNITS = globSync('*.{service,socket,timer}', { cwd: HERE });
/** How exposed a unit may be at most, of 10, in the count of systemd-analyze. */
const MOST_EXPOSED = { 'pcd.service': 2, 'pcc.service': 3, 'pcc@.service': 3 };

function unit(name: string): string {
  return readFileSync(join(HERE, name), 'utf8');
}

/** A root with systemd's own units, these, and programs of the names that they start. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'units-'));
  const units = join(root, 'usr/lib/systemd/system');
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  for (const link of ['bin', 'lib']) symlinkSync(`usr/${link}`, join(root, link));
  const system = ['/usr/lib/systemd/system', '/lib/systemd/system'].find((path) => existsSync(path));
  if (system === undefined) throw new Error('systemd is not installed here');
  cpSync(system, units, { recursive: true, verbatimSymlinks: true });
  cpSync(HERE, units, { recursive: true, filter: (path) => !/\.(ts|sh)$/.test(path) });
  for (const program of ['pcc', 'pcd', 'sh']) cpSync('/bin/true', join(root, 'usr/bin', program));
  return () => rmSync(root, { recursive: true });
});

function analyze(...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { status, said: stderr + stdout };
}

describe('the units', () => {
  test.each(UNITS.map((name) => name.replace('@.', '@web.')))('%s has nothing that systemd complains about', (name) => {
    expect(analyze('verify', '--man=no', `--root=${root}`, name)).toEqual({ status: 0, said: '' });
  });

  test('that are wrong are found to be', () => {
    const directory = mkdtempSync(join(tmpdir(), 'unit-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const wrong = join(directory, 'wrong.service');
    cpSync(join(HERE, 'pcc.service'), wrong);
    execFileSync('sed', ['-i', 's/^UMask=/Umask=/', wrong]);
    expect(analyze('verify', '--man=no', wrong).said).toMatch(/Unknown key.*'Umask'/);
  });

  test.each(Object.entries(MOST_EXPOSED))(
    '%s is exposed to at most %f, and a comment says why to each part of it',
    (name, most) => {
      const [path, offline] = [join(HERE, name), '--offline=yes'];
      const { said } = analyze('security', offline, path);
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
      expect(exposure).toBeGreaterThan(0);
      expect(exposure).toBeLessThanOrEqual(most);
      const told = unit(name).match(/^#.*/gm)?.join('\n') ?? '';
      expect(unit(name === 'pcc@.service' ? 'pcc.service' : name)).toContain(
        `counts ${exposure.toFixed(1)} for what stays open`,
      );
      const parts = JSON.parse(
        execFileSync('systemd-analyze', ['security', offline, '--json=short', path], { encoding: 'utf8' }),
      );
      const open = parts.filter(
        ({ set, exposure }: { set: boolean; exposure: string | null }) => !set && exposure !== null,
      );
      expect(open.length).toBeGreaterThan(0);
      for (const { name: setting } of open) expect(told).toContain(settingIn(setting));
    },
  );

  test('of several agents differ from that of one in their names alone', () => {
    const body = (name: string) => unit(name).slice(unit(name).indexOf('[Unit]'));
    const one = body('pcc@.service').replaceAll('pcc-%i', 'pcc').replace(' (%i)', '');
    expect(one).toBe(body('pcc.service'));
    expect(unit('pcc@.service').match(/%i/g)?.length).toBeGreaterThan(5);
  });

  test('have what the programs look for where they look', () => {
    expect(unit('pcc.service')).toContain(`\nEnvironment=PCC_CONTROL=${PACKAGED.pccControl}\n`);
    expect(unit('pcd.service')).toContain(`\nEnvironment=PCD_HOME=${PACKAGED.pcdHome}\n`);
    expect(unit('pcc.service')).toContain(`\nRuntimeDirectory=${basename(join(PACKAGED.pccControl, '..'))}\n`);
    expect(unit('pcd.service')).toContain(`\nStateDirectory=${basename(PACKAGED.pcdHome)}\n`);
  });
});

/** `RestrictAddressFamilies=~AF_(INET|INET6)` is AF_INET, `RootDirectory=/RootImage=` the first of the two. */
function settingIn(name: string): string {
  const family = /AF_\(?(\w+)/.exec(name)?.[1];
  return family === undefined ? name.slice(0, name.indexOf('=') + 1) : `AF_${family}`;
}
