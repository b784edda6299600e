/** Which release is packaged: its number, the commit it is made of, and the one time that everything in it has. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PackageError } from './package-error.ts';

export interface Release {
  /** `1.0.0` */
  readonly version: string;
  /** `4137c62`, with `-dirty` where files differ from it; undefined where nobody knows. */
  readonly commit: string | undefined;
  /** Seconds since 1970: of SOURCE_DATE_EPOCH, else of the commit. */
  readonly epoch: number;
}

/**
 * @param version instead of that in package.json
 * @throws PackageError where neither git nor the environment tells a time: builds of one commit are to be the same byte for byte
 */
export function releaseOf(version?: string): Release {
  const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? git('log', '-1', '--format=%ct'));
  if (!Number.isInteger(epoch) || epoch <= 0) {
    throw new PackageError('cannot tell when this release was made: set SOURCE_DATE_EPOCH, or build in a git checkout');
  }
  const release = version ?? JSON.parse(readFileSync('package.json', 'utf8')).version;
  if (!/^\d+\.\d+\.\d+(~[a-z0-9.]+)?$/.test(release))
    throw new PackageError(`cannot package version ${release}: want 1.2.3 or 1.2.3~rc1`);
  return { version: release, commit: process.env.PERFCOLLECTOR_COMMIT ?? commitOf(), epoch };
}

function commitOf(): string | undefined {
  const commit = git('log', '-1', '--format=%h', '--abbrev=7');
  return commit && git('status', '--porcelain') ? `${commit}-dirty` : commit;
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined; // no git, or no checkout: a build from an archive
  }
}

/** `2026-11-21` */
export function dayOf({ epoch }: Release): string {
  return new Date(epoch * 1000).toISOString().slice(0, 10);
}
