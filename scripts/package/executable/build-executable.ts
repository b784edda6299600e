/** The one executable of all four programs: Node with the loader and the parts in it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Architecture, isNative } from '../architecture.ts';
import { bundleLoader, type Parts } from './parts.ts';
import type { Runtime } from './runtime.ts';

/** What V8 is told in all four programs; why, stands in apps/pcd/src/bin.ts. pcprocess takes as long with it as without. */
const FLAGS = ['--max-semi-space-size=2'];

export interface ExecutableSetup {
  readonly parts: Parts;
  readonly runtime: Runtime;
  readonly architecture: Architecture;
}

/** @param output where it goes */
export async function buildExecutable(
  { parts, runtime, architecture }: ExecutableSetup,
  output: string,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'executable-'));
  try {
    for (const [name, text] of parts.texts) writeFileSync(join(directory, name), text);
    // Code that V8 makes is for the processor that it runs on.
    const hasCodeCache = isNative(architecture);
    if (hasCodeCache) makeCodeCache(directory, runtime);
    const assets = readdirSync(directory).sort();
    writeFileSync(join(directory, 'loader'), await bundleLoader(hasCodeCache));
    inject([...assets, 'loader'], directory, runtime);
    mkdirSync(dirname(output), { recursive: true });
    // Copied: of a file that was written in one go the kernel maps larger pieces into memory, 20 MB more of it.
    copyFileSync(join(directory, 'executable'), output);
    chmodSync(output, 0o755);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function makeCodeCache(directory: string, { executable }: Runtime): void {
  const script = resolve('scripts/package/executable/code-cache.ts');
  execFileSync(resolve(executable), [...FLAGS, '--hash-seed=1', script, directory]);
}

/** Names are told as seen from the directory: the paths that Node is told are in the executable. */
function inject(assets: readonly string[], directory: string, { executable }: Runtime): void {
  const config = {
    main: 'loader',
    output: 'executable',
    executable: resolve(executable),
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    // Behind -- Node takes nothing: --env-file is the programs' own, and a line NODE_OPTIONS in such a file is none of Node's.
    execArgv: [...FLAGS, '--'],
    // What somebody tells Node (NODE_OPTIONS) is not for these programs.
    execArgvExtension: 'none',
    assets: Object.fromEntries(assets.map((name) => [basename(name), name])),
  };
  writeFileSync(join(directory, 'sea-config.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--build-sea', 'sea-config.json'], { cwd: directory });
}
