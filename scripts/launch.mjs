// How apps/*/bin/*.mjs start their program in a checkout. Plain JavaScript on purpose: a single file of TypeScript makes
// Node load what strips types, which takes 53 ms and 11 MB.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const MAYBE = { throwIfNoEntry: false };

/**
 * Starts the bundle that scripts/build.ts made, or the sources where there is none or a source has changed since. Looking
 * at the 250 files of pcc takes two milliseconds, and in turn nobody ever runs another program than the one he reads.
 * @param {URL} app `apps/pcc/`
 */
export async function launch(app) {
  // What V8 compiled is kept beside the libraries, where that can be written: pcc's first sample comes in 137 ms, not 161.
  enableCompileCache(`${fileURLToPath(app)}../../node_modules/.cache/compiled`);
  await import(new URL(isBuilt(app) ? 'dist/bin.mjs' : 'src/bin.ts', app).href);
}

/**
 * Whether the bundle was made of the sources as they are now.
 * @param {URL} app
 */
export function isBuilt(app) {
  const dist = `${fileURLToPath(app)}dist/`;
  if (!existsSync(`${dist}sources.json`)) return false;
  /** @type {[path: string, mtimeMs: number][]} */
  const sources = JSON.parse(readFileSync(`${dist}sources.json`, 'utf8'));
  return sources.every(([path, mtimeMs]) => mtimeMs === statSync(dist + path, MAYBE)?.mtimeMs);
}
