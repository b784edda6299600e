/** Packages of this checkout for tests on this machine, packed little. They are built once for all tests. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { observe } from '@perfcollector/testing';
import { ARCHITECTURES, isNative } from './architecture.ts';
import { CACHE } from './debian-root.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Fills the directory with the .debs, and the SHA256SUMS of both kinds. */
export function buildDebs(version: string, directory: string): Promise<void> {
  return copyPackages('deb', version, directory);
}

/** Fills the directory with the .rpms, and the SHA256SUMS of both kinds. */
export function buildRpms(version: string, directory: string): Promise<void> {
  return copyPackages('rpm', version, directory);
}

async function copyPackages(kind: 'deb' | 'rpm', version: string, directory: string): Promise<void> {
  const built = join(CACHE, `packages-${version}`);
  await alone(`${built}.lock`, async () => {
    await buildUnlessPresent(version, built);
    mkdirSync(directory, { recursive: true });
    const filter = (path: string) => path === built || path.endsWith(`.${kind}`) || path.endsWith('/SHA256SUMS');
    cpSync(built, directory, { recursive: true, filter });
  });
}

/** Does it when nobody else does who has the same lock, other tests among them. */
async function alone(lock: string, make: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  const keeper = spawn('flock', [lock, 'sh', '-c', 'echo locked && exec cat']);
  try {
    await observe(keeper).said(/locked/);
    await make();
  } finally {
    keeper.stdin.end(); // which ends with a test that is killed, too
  }
}

async function buildUnlessPresent(version: string, out: string): Promise<void> {
  const state = stateOfCheckout();
  const told = `${out}.state`; // beside it: packages are made into a directory of their own
  if (existsSync(out) && existsSync(told) && readFileSync(told, 'utf8') === state) return;
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
