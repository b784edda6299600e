/** What other people's work is in the executable: the libraries that were bundled, and Node with what it is made of. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Runtime } from './executable/runtime.ts';
import { PackageError } from './package-error.ts';

export interface Ingredient {
  /** `@fastify/error` */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression: `MIT`. */
  readonly licence: string;
  /** The texts that are to go with it. */
  readonly texts: readonly string[];
}

/** @throws PackageError where a library does not say under which licence it is */
export function librariesIn({ inputs }: Metafile): Ingredient[] {
  const directories = new Set(
    Object.keys(inputs).flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  return Array.from(directories, libraryIn).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function libraryIn(directory: string): Ingredient {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new PackageError(`cannot package ${name} ${version}: it tells no licence`);
  const files = readdirSync(directory)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  return { name, version, licence: license, texts: files.map((file) => readFileSync(join(directory, file), 'utf8')) };
}

export function nodeAsIngredient({ version, licence }: Runtime): Ingredient {
  return { name: 'node', version, licence: 'MIT', texts: [readFileSync(licence, 'utf8')] };
}

/** What Node says that it is made of: `{ openssl: '3.5.8' }`. Numbers of interfaces are none. */
export function partsOfNode(): [name: string, version: string][] {
  const parts = Object.entries(process.versions).filter((part): part is [string, string] => Boolean(part[1]));
  return parts.filter(([name]) => !['node', 'modules', 'napi'].includes(name));
}
