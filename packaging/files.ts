/**
 * The files that packages bring besides the executable, its links, man pages and completions: one list for all kinds of
 * packages. Sources are paths below this directory.
 */

export interface PackagedFile {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
  /** A person may have changed it: an upgrade keeps what is there. */
  readonly isConfig?: true;
}

/** Where units are. Debian 11 and 12 have /lib/systemd/system, of which /usr/lib is a link on most machines only. */
const UNITS = { deb: '/lib/systemd/system', rpm: '/usr/lib/systemd/system' } as const;

export type PackageKind = keyof typeof UNITS;
export type PackageName = 'perfcollector-agent' | 'perfcollector-server';

const UNITS_OF: Readonly<Record<PackageName, readonly string[]>> = {
  'perfcollector-agent': [
    'pcc.service',
    'pcc@.service',
    'pcc-nightly.timer',
    'pcc@nightly.service.d/window.conf',
  ],
  'perfcollector-server': ['pcd.service', 'pcd.socket'],
};

const OTHERS: Readonly<Record<PackageName, readonly PackagedFile[]>> = {
  'perfcollector-agent': [
    { from: 'etc/pcc.env', to: '/etc/perfcollector/pcc.env', mode: 0o644, isConfig: true },
    { from: 'tmpfiles/perfcollector-agent.conf', to: '/usr/lib/tmpfiles.d/perfcollector-agent.conf', mode: 0o644 },
  ],
  'perfcollector-server': [{ from: 'etc/pcd.env', to: '/etc/perfcollector/pcd.env', mode: 0o644, isConfig: true }],
};

/** @param kind rpm's places are those of the tarball too */
export function packagedFiles(name: PackageName, kind: PackageKind): readonly PackagedFile[] {
  const units = UNITS_OF[name].map((unit) => ({ from: `systemd/${unit}`, to: `${UNITS[kind]}/${unit}`, mode: 0o644 }));
  return [...units, ...OTHERS[name]];
}

/** The scripts of a package by their names in it; of rpm these are the sections of the specification. */
export function packagedScripts(name: PackageName, kind: PackageKind): ReadonlyMap<string, string> {
  const [folder, scripts] =
    kind === 'deb' ? ['debian', ['postinst', 'prerm', 'postrm']] : ['rpm', ['post', 'preun', 'postun']];
  return new Map(scripts.map((script) => [script, `${folder}/${name}.${script}`]));
}
