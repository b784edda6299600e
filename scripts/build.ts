/**
 * One bundle a program, in apps/<app>/dist: `npm run build`. pcc's first sample comes in a third of the time that the
 * sources need, and without the 27 MB of what strips their types. Commands that are loaded lazily stay files of their own.
 */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { lazyBuiltins } from './build/lazy-builtins.ts';
import { isBuilt } from './launch.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Those of the embedded store, of who opens it. */
const STORE_THREADS = ['packages/storage/src/sqlite/writer.ts', 'packages/storage/src/sqlite/reader.ts'];

/** Where each program begins, and each thread of it. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  pcc: ['apps/pcc/src/bin.ts'],
  pcd: ['apps/pcd/src/bin.ts', ...STORE_THREADS],
  pcctl: ['apps/pcctl/src/bin.ts', ...STORE_THREADS],
  pcprocess: ['apps/pcprocess/src/bin.ts', 'apps/pcprocess/src/engine/thread.ts'],
};

/** What a bundle depends on besides the files that are in it: how it is made, and the libraries. */
const RECIPE = ['scripts/build.ts', 'scripts/build/lazy-builtins.ts', 'pnpm-lock.yaml'];

/** Builds the programs whose sources have changed. */
export async function buildPrograms(): Promise<void> {
  const stale = Object.keys(PROGRAMS).filter((app) => !isBuilt(pathToFileURL(`${ROOT}apps/${app}/`)));
  await Promise.all(stale.map(buildProgram));
}

/** A bundle is put in its place whole, so that a program that starts meanwhile finds the old one, none, or the new one. */
async function buildProgram(app: string): Promise<void> {
  const started = Date.now();
  const place = join(ROOT, 'apps', app);
  const made = join(place, `dist.${process.pid}`);
  try {
    const { metafile } = await bundle(PROGRAMS[app] ?? [], made);
    writeFileSync(join(made, 'sources.json'), JSON.stringify(sourcesOf(metafile, place, started)));
    replaceDirectory(made, join(place, 'dist'));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function bundle(entryPoints: readonly string[], outdir: string) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: [...entryPoints],
    entryNames: '[name]',
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Without comments: one character beyond Latin-1 in them, and V8 keeps the whole text of a module in two bytes a letter
    // (0.6 MB of pcc's memory). Names stay as they are, so that the stack of a bug can be read.
    minifyWhitespace: true,
    legalComments: 'external',
    metafile: true,
    logLevel: 'warning',
    plugins: [lazyBuiltins],
  });
}

/** The files that a bundle was made of, as seen from its directory, and the time of their last change. */
function sourcesOf(metafile: Metafile, place: string, started: number): [path: string, mtimeMs: number][] {
  const own = Object.keys(metafile.inputs).filter((path) => !/(^|\/)node_modules\/|^builtin/.test(path));
  return [...own, ...RECIPE].map((path) => {
    const { mtimeMs } = statSync(join(ROOT, path));
    // What changed while it was read is in the bundle as nobody knows what: a time that no file has makes it stale.
    return [relative(join(place, 'dist'), join(ROOT, path)), mtimeMs < started ? mtimeMs : -1];
  });
}

function replaceDirectory(made: string, place: string): void {
  try {
    rmSync(place, { recursive: true, force: true });
    renameSync(made, place);
  } catch (error) {
    // Somebody else built the same at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}

if (import.meta.main) await buildPrograms();
