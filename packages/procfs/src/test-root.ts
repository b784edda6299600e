import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openHost } from './reader.ts';
import type { HostReader } from './types.ts';

/** A made-up host: what stands below its root, by absolute path. */
export interface TestRoot {
  readonly root: string;
  put(path: string, text: string): void;
  link(path: string, target: string): void;
  remove(path: string): void;
}

/** Makes a root directory that is gone after the test. */
export function testRoot(files: Readonly<Record<string, string>> = {}): TestRoot {
  const root = mkdtempSync(join(tmpdir(), 'procfs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const at = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  const put = (path: string, text: string) => writeFileSync(at(path), text);
  for (const [path, text] of Object.entries(files)) put(path, text);
  return {
    root,
    put,
    link: (path, target) => symlinkSync(target, at(path)),
    remove: (path) => rmSync(join(root, path), { recursive: true }),
  };
}

/** A file that not even root may read. */
export const UNREADABLE = '/proc/sys/vm/compact_memory';

/** The host below a root, some of whose files may not be read: the kernel itself refuses. */
export function hostDenying(root: string, denied: readonly string[]): HostReader {
  const host = openHost(root);
  const own = openHost();
  const isDenied = (paths: readonly string[]) => paths.some((path) => denied.includes(path));
  return {
    ...host,
    readText: (...paths) => (isDenied(paths) ? own.readText(UNREADABLE) : host.readText(...paths)),
    open: (...paths) => (isDenied(paths) ? own.open(UNREADABLE) : host.open(...paths)),
  };
}
