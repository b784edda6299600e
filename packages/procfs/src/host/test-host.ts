import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openHost } from '../reader.ts';
import type { HostReader } from '../types.ts';

/** For tests: a host that has these files and symbolic links (path to target) and nothing else, until the test ends. */
export function hostOf(files: Record<string, string>, links: Record<string, string> = {}): HostReader {
  const root = mkdtempSync(join(tmpdir(), 'procfs-host-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const place = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(place(path), text);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, place(path));
  return openHost(root);
}

/** The same host as if its root were `/`. */
export function asOwn(host: HostReader): HostReader {
  return { ...host, isOwn: true };
}

/** Counts what is read of a host. */
export function counting(host: HostReader): { readonly host: HostReader; readonly paths: string[] } {
  const paths: string[] = [];
  const note = <T>(path: string, read: () => T): T => {
    paths.push(path);
    return read();
  };
  return {
    paths,
    host: {
      ...host,
      readText: (...some) => note(some.join(' '), () => host.readText(...some)),
      list: (path) => note(path, () => host.list(path)),
      readLink: (path) => note(path, () => host.readLink(path)),
    },
  };
}
