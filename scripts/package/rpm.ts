/** The same packages for Fedora, RHEL and SUSE, by rpmbuild. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Architecture } from './architecture.ts';
import { COMMON, type Entry, type Package } from './contents.ts';
import { MAINTAINER } from './maintainer.ts';
import type { Release } from './release.ts';
import { runTool } from './run-tool.ts';
import { writeTree } from './tree.ts';

const SECTIONS = ['pre', 'post', 'preun', 'postun', 'posttrans'] as const;

export interface RpmSetup {
  readonly release: Release;
  readonly architecture: Architecture;
  /** In rpm's words: `w6.xzdio`. */
  readonly payload: string;
}

/** @returns the names of the files that it made in the directory */
export function buildRpms(packages: readonly Package[], setup: RpmSetup, directory: string): string[] {
  const place = mkdtempSync(join(tmpdir(), 'rpm-'));
  try {
    const named = packages.map((made) => ({ ...made, entries: made.entries.map(asRpm) }));
    writeTree(
      named.flatMap(({ entries }) => entries),
      join(place, 'tree'),
      setup.release,
    );
    writeFileSync(join(place, 'perfcollector.spec'), specOf(named, setup, join(place, 'tree')));
    const args = ['-bb', '--quiet', '--target', setup.architecture.rpm, '--define', `_topdir ${place}`];
    runTool('rpmbuild', [...args, join(place, 'perfcollector.spec')], {
      env: { SOURCE_DATE_EPOCH: String(setup.release.epoch), HOME: place },
    });
    return readdirSync(join(place, 'RPMS'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rpm'))
      .sort()
      .map((file) => moveTo(directory, join(place, 'RPMS', file)));
  } finally {
    rmSync(place, { recursive: true });
  }
}

function moveTo(directory: string, file: string): string {
  const name = basename(file);
  runTool('mv', [file, resolve(directory, name)]);
  return name;
}

/** Other distributions than Debian's have the completions of zsh elsewhere. */
function asRpm(entry: Entry): Entry {
  return { ...entry, path: entry.path.replace('/zsh/vendor-completions/', '/zsh/site-functions/') };
}

function specOf(packages: readonly Package[], { release, payload }: RpmSetup, tree: string): string {
  const sections = packages.map((made) => sectionsOf(made, release));
  return `%global _buildhost perfcollector
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global _binary_payload ${payload}
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
Name: perfcollector
Version: ${release.version}
Release: 1
Summary: performance collection suite
License: MIT
Packager: ${MAINTAINER}

%description
Samples what the Linux kernel counts, keeps it, and turns it into tables.

%install
cp -al ${tree}/. %{buildroot}/

${sections.join('\n')}`;
}

function sectionsOf(made: Package, { version }: Release): string {
  const { name, summary, description, isNative, recommends = [], entries } = made;
  const needs = isNative ? [] : [`Requires: ${COMMON} = ${version}-1`];
  const head = [`Summary: ${summary}`, ...needs, ...recommends.map((other) => `Recommends: ${other}`)];
  const scripts = SECTIONS.flatMap((section) => scriptOf(name, section));
  return `%package -n ${name}
${head.join('\n')}${isNative ? '' : '\nBuildArch: noarch'}
%description -n ${name}
${description}
${scripts.join('')}
%files -n ${name}
${[...ownDirectories(entries), ...entries.map(fileLine)].join('\n')}
`;
}

function scriptOf(name: string, section: (typeof SECTIONS)[number]): string[] {
  const source = `packaging/rpm/${name}.${section}`;
  return existsSync(source) ? [`%${section} -n ${name}\n${readFileSync(source, 'utf8')}\n`] : [];
}

/** A directory goes with the last package that names it; one that none names stays for ever. */
function ownDirectories(entries: readonly Entry[]): string[] {
  const found = new Set<string>();
  for (const { path } of entries) {
    for (let at = dirname(path); /\/(perfcollector|pcc@)/.test(at); at = dirname(at)) found.add(at);
  }
  return [...found].toSorted().map((path) => `%dir %attr(755,root,root) ${path}`);
}

function fileLine({ path, mode = 0o644, isConfig, ...entry }: Entry): string {
  const attributes = 'link' in entry ? '' : `%attr(${mode.toString(8)},root,root) `;
  return `${isConfig ? '%config(noreplace) ' : ''}${attributes}${path}`;
}
