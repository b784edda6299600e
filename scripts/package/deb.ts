/** Packages for Debian and Ubuntu, by dpkg-deb. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Architecture } from './architecture.ts';
import { COMMON, type Entry, type Package, UNITS } from './contents.ts';
import { MAINTAINER } from './maintainer.ts';
import type { Release } from './release.ts';
import { runTool } from './run-tool.ts';
import { writeTree } from './tree.ts';

/** What Node is linked with, in the first versions that have what it needs; of Debian 11 and Ubuntu 20.04 on. */
const LIBRARIES = 'libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 5.2), libatomic1';
const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm'];

export interface DebSetup {
  readonly release: Release;
  readonly architecture: Architecture;
  /** In dpkg-deb's words: `-Zxz -z6`. */
  readonly compression: readonly string[];
}

/** @returns the name of the file that it made in the directory */
export function buildDeb(made: Package, setup: DebSetup, directory: string): string {
  const root = mkdtempSync(join(tmpdir(), 'deb-'));
  const { release } = setup;
  const file = `${made.name}_${release.version}_${architectureOf(made, setup)}.deb`;
  try {
    writeTree([...made.entries.map(asDebian), ...documents(made, release)], root, release);
    writeControl(made, setup, root);
    const env = { SOURCE_DATE_EPOCH: String(release.epoch) };
    const args = ['--root-owner-group', ...setup.compression, '--build', root, join(directory, file)];
    runTool('dpkg-deb', args, { env });
    return file;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function architectureOf({ isNative }: Package, { architecture }: DebSetup): string {
  return isNative ? architecture.debian : 'all';
}

/** Debian 11 and 12 have units below /lib. */
function asDebian(entry: Entry): Entry {
  return { ...entry, path: entry.path.replace(UNITS, '/lib/systemd/system') };
}

function documents({ name }: Package, release: Release): Entry[] {
  const doc = '/usr/share/doc';
  if (name !== COMMON) return [{ path: `${doc}/${name}`, link: COMMON }];
  const date = new Date(release.epoch * 1000).toUTCString().replace('GMT', '+0000');
  const text = `perfcollector (${release.version}) stable; urgency=medium\n\n  * Release ${release.version}.\n\n -- ${MAINTAINER}  ${date}\n`;
  const overrides = readFileSync(`packaging/debian/${COMMON}.lintian-overrides`);
  return [
    { path: `${doc}/${COMMON}/changelog.gz`, data: gzipSync(text, { level: 9 }) },
    { path: `/usr/share/lintian/overrides/${COMMON}`, data: overrides },
  ];
}

function writeControl(made: Package, setup: DebSetup, root: string): void {
  const control = join(root, 'DEBIAN');
  const installed = filesOf(root);
  mkdirSync(control);
  writeFileSync(join(control, 'control'), controlOf(made, setup, installed.size));
  writeFileSync(join(control, 'md5sums'), installed.sums);
  const configs = made.entries.filter(({ isConfig }) => isConfig).map(({ path }) => `${path}\n`);
  if (configs.length > 0) writeFileSync(join(control, 'conffiles'), configs.join(''));
  for (const script of SCRIPTS) {
    const source = `packaging/debian/${made.name}.${script}`;
    if (existsSync(source)) copyFileSync(source, join(control, script));
  }
  // Whatever the umask is, here and where the checkout was made.
  for (const file of readdirSync(control)) chmodSync(join(control, file), SCRIPTS.includes(file) ? 0o755 : 0o644);
  chmodSync(control, 0o755);
}

function controlOf(made: Package, setup: DebSetup, size: number): string {
  const { version } = setup.release;
  const fields: Record<string, string | undefined> = {
    Package: made.name,
    Source: 'perfcollector',
    Version: version,
    Architecture: architectureOf(made, setup),
    Maintainer: MAINTAINER,
    'Installed-Size': String(Math.ceil(size / 1024)),
    Depends: made.isNative ? LIBRARIES : `${COMMON} (= ${version})`,
    Recommends: made.recommends?.join(', '),
    Section: 'admin',
    Priority: 'optional',
    Description: `${made.summary}\n${wrapped(made.description)}`,
  };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/** Lines of at most 80 characters, as Debian has them, each after a space. */
function wrapped(paragraph: string): string {
  return paragraph.replace(/(.{1,78})(?: |$)/g, ' $1\n').trimEnd();
}

/** What dpkg checks files against, but for those that are the administrator's to change, and how large all are together. */
function filesOf(root: string): { sums: string; size: number } {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  const size = paths.reduce((sum, path) => sum + statSync(join(root, path)).size, 0);
  const checked = paths.filter((path) => !path.startsWith('etc/'));
  return { sums: checked.map((path) => `${md5(join(root, path))}  ${path}\n`).join(''), size };
}

function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}
