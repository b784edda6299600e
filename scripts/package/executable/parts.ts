/** The four programs and their threads as parts that the executable's loader takes: one script of CommonJS each. */
import { basename } from 'node:path';
import { build, type Metafile, transform } from 'esbuild';
import { lazyBuiltins } from '../../build/lazy-builtins.ts';
import { dayOf, type Release } from '../release.ts';

const ENTRIES = [
  'scripts/package/executable/programs.ts',
  'packages/storage/src/sqlite/writer.ts',
  'packages/storage/src/sqlite/reader.ts',
  'apps/pcprocess/src/engine/thread.ts',
];

export interface Parts {
  /** Name, as other parts ask for it, and text: a function of exports, require, module. */
  readonly texts: ReadonlyMap<string, string>;
  /** Which files are in it. */
  readonly metafile: Metafile;
}

export async function bundleParts(release: Release): Promise<Parts> {
  const { outputFiles, metafile } = await build({
    entryPoints: ENTRIES,
    entryNames: '[name]',
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifyWhitespace: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    define: buildInfo(release),
    plugins: [lazyBuiltins],
  });
  const texts = outputFiles.map(
    async ({ path, text }) => [basename(path), await toScript(basename(path), text)] as const,
  );
  return { texts: new Map(await Promise.all(texts)), metafile };
}

function buildInfo(release: Release): Record<string, string> {
  const info = { version: release.version, commit: release.commit, date: dayOf(release) };
  return { PERFCOLLECTOR_BUILD: JSON.stringify(info) };
}

/**
 * An executable's first script may import nothing but Node's own modules, and code made ahead belongs to scripts: so each
 * part becomes CommonJS. It is ASCII (esbuild escapes the rest), which V8 keeps at one byte a letter.
 */
async function toScript(name: string, text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node26',
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': JSON.stringify(`perfcollector:/${name}`) },
  });
  return `(function(exports,require,module){${code}\n})`;
}

/** The loader itself. */
export async function bundleLoader(hasCodeCache: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['scripts/package/executable/loader.ts'],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node26',
    minifyWhitespace: true,
    write: false,
    define: { HAS_CODE_CACHE: String(hasCodeCache) },
  });
  return outputFiles[0]?.text ?? '';
}
