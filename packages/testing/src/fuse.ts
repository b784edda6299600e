import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Whether file systems of FUSE can be had: that takes root, the device and the right to mount; in CI this says yes. */
export const canFuse = process.env.CI !== undefined || (existsSync('/dev/fuse') && tryNamespace());

/** An empty directory that goes with the test that asks. */
export function emptyDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fuse-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/**
 * Starts a command that sees FUSE file systems mounted on these directories, and nobody else does; it and they go with
 * the test that asks. Each is `live`, or `hung`: it never
 * answers statfs, or `late`: it waits a second before it answers the first one.
 */
export function spawnAmongFuse(
  mounts: Readonly<Record<string, 'live' | 'hung' | 'late'>>,
  command: readonly string[],
): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const program = fileURLToPath(new URL('fuse-namespace.ts', import.meta.url));
  const argv = ['--mount', '--propagation', 'private', process.execPath, program, JSON.stringify(mounts), ...command];
  const child = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.stdin.end();
  });
  return child;
}

function tryNamespace(): boolean {
  return spawnSync('unshare', ['--mount', 'true']).status === 0;
}
