import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

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
