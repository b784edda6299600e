/** Packages of this checkout for a test on this machine, packed little. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ARCHITECTURES, isNative } from './architecture.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Fills the directory with the .debs and their SHA256SUMS. */
export async function buildDebs(version: string, directory: string): Promise<void> {
  const arch = ARCHITECTURES.find(isNative)?.debian ?? '';
  const how = ['--only', 'deb', '--quick', '--arch', arch, '--version', version, '--out', directory];
  await promisify(execFile)(process.execPath, ['scripts/package.ts', ...how], { cwd: ROOT });
}
