/** Packages of this checkout for tests on this machine, packed little. They are built once for all tests. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ARCHITECTURES, isNative } from './architecture.ts';
import { alone, CACHE } from './test-cache.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Fills the directory with the .debs or .rpms and the SHA256SUMS of both. */
export async function copyPackages(kind: 'deb' | 'rpm', version: string, directory: string): Promise<void> {
  const name = `packages-${version}`;
  await alone(name, async () => {
    const built = join(CACHE, name);
    await buildUnlessPresent(version, built);
    mkdirSync(directory, { recursive: true });
    const filter = (path: string) => path === built || path.endsWith(`.${kind}`) || path.endsWith('/SHA256SUMS');
    cpSync(built, directory, { recursive: true, filter });
  });
}

async function buildUnlessPresent(version: string, out: string): Promise<void> {
  const state = stateOfCheckout();
  const told = join(out, 'state');
  if (existsSync(told) && readFileSync(told, 'utf8') === state) return;
  const arch = ARCHITECTURES.find(isNative)?.debian ?? '';
  const how = ['--only', 'deb,rpm', '--quick', '--arch', arch, '--version', version, '--out', out];
  await promisify(execFile)(process.execPath, ['scripts/package.ts', ...how], { cwd: ROOT });
  writeFileSync(told, state);
}

/** Changes with the commit and with whatever differs from it, new files too. */
function stateOfCheckout(): string {
  const hash = createHash('sha256');
  for (const args of ['rev-parse HEAD', 'diff --binary HEAD']) hash.update(git(...args.split(' ')));
  const added = git('ls-files', '--others', '--exclude-standard', '-z').toString().split('\0').filter(Boolean);
  for (const name of added) hash.update(`${name}\0`).update(readFileSync(join(ROOT, name)));
  return hash.digest('hex');
}

function git(...args: readonly string[]): Buffer {
  return execFileSync('git', args, { cwd: ROOT, maxBuffer: 1 << 28 });
}
