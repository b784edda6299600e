/**
 * The direction of imports: a package imports only those below it, through their front door, and says so in its
 * package.json; apps import packages and never each other.
 */
import { globSync, readFileSync } from 'node:fs';

/** Lower layers first; a room may import from those of earlier lines. */
const LAYERS: readonly (readonly string[])[] = [
  ['packages/procfs'],
  ['packages/collection'],
  ['packages/derive'],
  ['packages/api', 'packages/cli'],
  ['packages/storage'],
  ['apps/pcc', 'apps/pcd', 'apps/pcctl', 'apps/pcprocess'],
];
/** What tests share is for tests alone: `x.test.ts`, and `test-x.ts` beside them. */
const FOR_TESTS_ONLY = 'testing';
/** What the programs share as programs is for programs alone. */
const FOR_APPS_ONLY = 'packages/cli';

interface Import {
  readonly file: string;
  /** `packages/procfs` */
  readonly room: string;
  readonly from: string;
}

/** Every import that runs the wrong way, as a sentence. */
export function importProblems(): string[] {
  return allImports().flatMap((found) => {
    const problem = problemOf(found);
    return problem === undefined ? [] : [`${found.file}: imports ${found.from}, ${problem}`];
  });
}

function allImports(): Import[] {
  return globSync('{packages,apps}/*/{src,tests}/**/*.ts').flatMap((file) => {
    const room = file.split('/').slice(0, 2).join('/');
    const imports = readFileSync(file, 'utf8').matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g);
    return Array.from(imports, ([, from = '']) => ({ file, room, from }));
  });
}

function problemOf({ file, room, from }: Import): string | undefined {
  if (from.startsWith('.')) return leavesRoom(file, room, from) ? 'a file of another room; use its package' : undefined;
  if (!from.startsWith('@perfcollector/')) return undefined;
  const [, name = '', ...inside] = from.split('/');
  if (inside.length > 0 && !isEntry(name, inside)) return 'a file inside a package; use what its package.json exports';
  if (name === FOR_TESTS_ONLY) return /\.test\.ts$|\/test-/.test(file) ? undefined : 'which is for tests alone';
  const target = LAYERS.flat().find((known) => known.endsWith(`/${name}`));
  if (target === undefined) return 'which is no room of this house';
  if (target.startsWith('apps/')) return 'an app';
  if (target === FOR_APPS_ONLY && !room.startsWith('apps/')) return 'which is for apps alone';
  if (layerOf(target) >= layerOf(room)) return `which is not below ${room}`;
  const declared = JSON.parse(readFileSync(`${room}/package.json`, 'utf8')).dependencies ?? {};
  return `@perfcollector/${name}` in declared || file.endsWith('.test.ts')
    ? undefined
    : `which ${room}/package.json does not declare`;
}

/** A package may have a second entry, where one user must not load what others need. */
function isEntry(name: string, inside: readonly string[]): boolean {
  const { exports } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  return typeof exports === 'object' && `./${inside.join('/')}` in exports;
}

function leavesRoom(file: string, room: string, from: string): boolean {
  return !new URL(from, `file:///${file}`).pathname.startsWith(`/${room}/`);
}

function layerOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room));
}
