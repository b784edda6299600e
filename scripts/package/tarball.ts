/** The suite in one directory, for systems without .deb or .rpm: `perfcollector-1.0.0-linux-amd64.tar.xz`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Architecture } from './architecture.ts';
import type { Entry, Package } from './contents.ts';
import type { Release } from './release.ts';
import { runTool } from './run-tool.ts';
import { writeTree } from './tree.ts';

export interface TarballSetup {
  readonly release: Release;
  readonly architecture: Architecture;
  /** `xz -6` */
  readonly compression: string;
}

/** @returns the name of the file that it made in the directory */
export function buildTarball(packages: readonly Package[], setup: TarballSetup, directory: string): string {
  const { release, architecture, compression } = setup;
  const name = `perfcollector-${release.version}-linux-${architecture.debian}`;
  const place = mkdtempSync(join(tmpdir(), 'tarball-'));
  try {
    mkdirSync(join(place, name));
    writeTree(
      packages.flatMap(({ entries }) => entries.map(belowPrefix)),
      join(place, name),
      release,
    );
    const same = [
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      `--mtime=@${release.epoch}`,
      '--format=gnu',
    ];
    const args = [...same, `--use-compress-program=${compression}`, '-cf', resolve(directory, `${name}.tar.xz`), name];
    runTool('tar', args, { cwd: place });
    return `${name}.tar.xz`;
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** A prefix has no `usr`: it is one, as `/usr/local` is. */
function belowPrefix(entry: Entry): Entry {
  return { ...entry, path: entry.path.replace(/^\/usr/, '') };
}
