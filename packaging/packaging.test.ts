import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { packagesOf } from '../scripts/package/contents.ts';
import { releaseOf } from '../scripts/package/release.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

test('every unit and settings file is in a package', async () => {
  const made = { release: releaseOf('1.0.0'), executable: 'perfcollector', documents: [] };
  const entries = (await packagesOf(made)).flatMap((one) => one.entries);
  const there = globSync('packaging/{systemd,etc,tmpfiles}/**').filter((path) => !/\.ts$|test-/.test(path));
  const files = there.filter((path) => statSync(path).isFile());
  const packaged = entries.flatMap((entry) => ('file' in entry ? entry.file : []));
  expect(files.length).toBeGreaterThan(8);
  expect(packaged.filter((path) => path.startsWith('packaging/')).toSorted()).toEqual(files.toSorted());
});

test('containers are of the version that packages are of', () => {
  const files = ['container/Dockerfile', 'container/compose.yaml', ...globSync('kubernetes/*.yaml', { cwd: HERE })];
  const text = files.map((file) => readFileSync(`${HERE}/${file}`, 'utf8')).join('\n');
  const named = /(?:perfcollector\/\w+:|newTag: |image\.version=")([\w.]+)/g;
  const versions = Array.from(text.matchAll(named), ([, version]) => version);
  expect(versions.length).toBeGreaterThan(6);
  expect(new Set(versions)).toEqual(new Set([manifest.version]));
});

test('shell scripts have nothing that shellcheck complains about', () => {
  const scripts = globSync(['debian/*.{postinst,prerm,postrm}', 'rpm/*', '**/*.sh'], { cwd: HERE });
  const { status, stdout, stderr } = spawnSync('shellcheck', scripts, { cwd: HERE, encoding: 'utf8' });
  expect(scripts.length).toBeGreaterThan(12);
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
});
