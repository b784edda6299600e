/** What people read: the README and what it leads to, and what tests do with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths in the checkout: the README, then the others by name. */
export function documentNames(): string[] {
  const inDocs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...inDocs.toSorted().map((name) => `docs/${name}`)];
}

export function textOfDocument(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

/**
 * Where shell blocks run: `sh` in a checkout, as one session; `sh root` as root in a Debian root where the packages lie in the
 * current directory; `sh systemd` where systemd runs, too, and the packages are installed.
 */
export type BlockKind = 'sh' | 'sh root' | 'sh systemd';

/** The shell blocks of that kind of all documents, in order. */
export function shellBlocks(kind: BlockKind): string[] {
  const fence = new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'gms');
  return documentNames().flatMap((name) => Array.from(textOfDocument(name).matchAll(fence), ([, block = '']) => block));
}
