/** What each package is and holds: the one list that .deb, .rpm and tarball are made of. */
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { ProgramName } from '../declared-options.ts';
import { completionFiles } from './completions.ts';
import { manPageOf } from './man-page.ts';
import { dayOf, type Release } from './release.ts';

/** A file, or what a link points to, by its place in the root of a host. */
export type Entry = {
  /** `/usr/bin/pcc` */
  readonly path: string;
  readonly mode?: number;
  /** The administrator's: an upgrade keeps what was changed in it. */
  readonly isConfig?: true;
} & (
  | { readonly data: string | Uint8Array }
  | { readonly link: string }
  | { readonly file: string }
  /** A file that this build made, for no other use. */
  | { readonly made: string }
);

export interface Package {
  readonly name: PackageName;
  readonly summary: string;
  /** A paragraph. */
  readonly description: string;
  /** Whether it runs on one architecture alone. */
  readonly isNative: boolean;
  readonly recommends?: readonly PackageName[];
  readonly entries: readonly Entry[];
}

export const COMMON = 'perfcollector-common';
type PackageName = `perfcollector-${'common' | 'agent' | 'server' | 'tools'}`;
/** What the links in /usr/bin lead to. */
const EXECUTABLE = '/usr/lib/perfcollector/perfcollector';
export const UNITS = '/usr/lib/systemd/system';
/** Units, and what changes them. */
const UNIT = /\.(service|socket|timer|conf)$/;

export interface Made {
  readonly release: Release;
  /** The executable for one architecture. */
  readonly executable: string;
  /** Licences and the list of what is inside, below `/usr/share/doc/perfcollector-common`. */
  readonly documents: readonly Entry[];
}

export async function packagesOf({ release, executable, documents }: Made): Promise<Package[]> {
  const program = (name: ProgramName) => programEntries(name, release);
  return [
    {
      name: COMMON,
      summary: 'performance collection suite: what its programs share',
      description: 'The one executable of pcc, pcd, pcctl and pcprocess, which acts by the name that it is called by.',
      isNative: true,
      entries: [{ path: EXECUTABLE, mode: 0o755, made: executable }, ...documents],
    },
    {
      name: 'perfcollector-agent',
      summary: 'performance collection suite: the agent of a host',
      description: 'pcc samples what the kernel counts, at an interval, into files or sent to a pcd.',
      isNative: false,
      entries: [...(await program('pcc')), ...unitEntries(/^pcc/), config('pcc.env'), EXPIRY],
    },
    {
      name: 'perfcollector-server',
      summary: 'performance collection suite: the central collector',
      description: 'pcd takes in the samples of many hosts and keeps them, with no database to install.',
      isNative: false,
      recommends: ['perfcollector-tools'],
      entries: [...(await program('pcd')), ...unitEntries(/^pcd/), config('pcd.env')],
    },
    {
      name: 'perfcollector-tools',
      summary: 'performance collection suite: administration and tables',
      description: 'pcctl asks and administers a pcd; pcprocess turns collections into CSV and Parquet.',
      isNative: false,
      entries: [...(await program('pcctl')), ...(await program('pcprocess'))],
    },
  ];
}

async function programEntries(name: ProgramName, release: Release): Promise<Entry[]> {
  const page = await manPageOf(name, { version: release.version, date: dayOf(release) });
  return [
    { path: `/usr/bin/${name}`, link: EXECUTABLE.replace('/usr', '..') },
    { path: `/usr/share/man/man1/${name}.1.gz`, data: gzipSync(page, { level: 9 }) },
    ...completionFiles(name).map(({ path, text }) => ({ path, data: text })),
  ];
}

/** For how long systemd-tmpfiles leaves what the agent recorded. */
const EXPIRY: Entry = {
  path: '/usr/lib/tmpfiles.d/perfcollector-agent.conf',
  file: 'packaging/tmpfiles/perfcollector-agent.conf',
};

/** Units stand below /usr/lib, as systemd wants them. */
function unitEntries(name: RegExp): Entry[] {
  const there = readdirSync('packaging/systemd', { recursive: true, encoding: 'utf8' }).toSorted();
  const units = there.filter((file) => name.test(file) && UNIT.test(file));
  return units.map((unit) => ({ path: `${UNITS}/${unit}`, file: `packaging/systemd/${unit}` }));
}

function config(name: string): Entry {
  return { path: `/etc/perfcollector/${name}`, file: `packaging/etc/${name}`, isConfig: true };
}

/** Licences and the like, in the folder of the package that all others need. */
export function documentEntry(path: string, data: string | Uint8Array): Entry {
  return { path: `/usr/share/doc/${COMMON}/${path}`, data };
}
