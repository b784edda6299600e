import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Whether small disks can be had: that takes root and the right to mount. Where they cannot, the tests on them are
 * skipped at a developer's desk; in CI this says yes, so that they fail.
 */
export const canMount = process.env.CI !== undefined || tryMount();

/** A file system in memory with these options (`size=64k`); it goes with the test that asks. Gives its directory. */
export function smallDisk(options: string): string {
  const { path, remove } = mount(options);
  onTestFinished(remove);
  return path;
}

/** Makes a file, or a directory, one that nobody may write to, root neither, until the test that asks is over. */
export function readOnly(path: string): void {
  execFileSync('mount', ['--bind', path, path]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  execFileSync('mount', ['-o', 'remount,bind,ro', path]);
}

function mount(options: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  const remove = () => {
    execFileSync('umount', ['--lazy', path]); // also where a failed test left a file open
    rmdirSync(path);
  };
  return { path, remove };
}

function tryMount(): boolean {
  try {
    mount('size=64k').remove();
    return true;
  } catch {
    return false; // not root, or not allowed
  }
}
