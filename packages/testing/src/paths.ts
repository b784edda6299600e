import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);

/** An installed program of the suite. */
export function bin(name: string): string {
  return fileURLToPath(new URL(`node_modules/.bin/${name}`, root));
}

/** A captured host: `hostRoot('centos7-3.10-x86_64')`. */
export function hostRoot(name: string): string {
  return fileURLToPath(new URL(`test-fixtures/hosts/${name}`, root));
}

/** A real file of perfcollector2's, beside this checkout; without a name their folder. */
export function upstream(name = ''): string {
  return fileURLToPath(new URL(`../shared/upstream/${name}`, root));
}

/** They are not part of the project: where they are not, the tests on them are skipped. */
export const hasUpstream = existsSync(upstream());
