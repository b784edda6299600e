import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { type BlockKind, documentNames, root, shellBlocks, textOfDocument } from './documents.ts';

const packages = globSync('packages/*/README.md', { cwd: root });

/** Without what is code, where brackets mean something else. */
function prose(text: string): string {
  return text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, 'code');
}

/** As GitHub makes them: small letters, digits, `-` and `_`; a heading that comes again gets a number. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = text.replace(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.*)$/gm);
  const anchors = Array.from(headings, ([, heading = '']) => {
    const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\-_ ]/gu, '');
    const anchor = plain.replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return new Set(anchors);
}

/** What a link of a document leads to, where that is in this checkout and not there. */
function brokenLinks(name: string): string[] {
  const links = Array.from(prose(textOfDocument(name)).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  return links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(name, link));
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? from : relative(root, join(root, dirname(from), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(textOfDocument(target)).has(anchor);
}

describe('links of', () => {
  it.each([...documentNames(), ...packages])('%s lead to files and headings that are there', (name) => {
    expect(brokenLinks(name)).toEqual([]);
  });

  it('a document that lead nowhere are found', () => {
    expect(leadsSomewhere('README.md', 'docs/http.md#bounds')).toBe(true);
    expect(leadsSomewhere('README.md', 'docs/http.md#nothing')).toBe(false);
    expect(leadsSomewhere('README.md', 'docs/nothing.md')).toBe(false);
    expect(leadsSomewhere('docs/http.md', '../README.md#options-of-pcd')).toBe(true);
  });
});

test('every document of docs/ is led to by the README', () => {
  const readme = textOfDocument('README.md');
  expect(documentNames().filter((name) => name !== 'README.md' && !readme.includes(`(${name}`))).toEqual([]);
});

/**
 * What stands in code marks in the first column of the tables of symptoms. A message is put together: of names and numbers, for
 * which there is `…` or which stand behind a colon, of what was tried, and of what came of it.
 */
function quotedSayings(): string[] {
  const [, section = ''] = /^## Troubleshooting$(.*?)^## /ms.exec(textOfDocument('README.md')) ?? [];
  const symptoms = Array.from(section.matchAll(/^\| (.*?) \|/gm), ([, symptom = '']) => symptom);
  const quoted = symptoms.flatMap((symptom) => Array.from(symptom.matchAll(/`([^`]+)`/g), ([, text = '']) => text));
  const parts = quoted.flatMap((text) => text.split(/…|: |[;,] |^cannot /)).map((part) => part.trim());
  return parts.filter((part) => part.split(' ').length > 2 && !/^(pcc|pcd|pcctl) /.test(part));
}

test('every message in the tables of symptoms is one that the programs have', () => {
  const sources = globSync('{apps,packages}/*/src/**/*.ts', { cwd: root }).filter((name) => !/test[-.]/.test(name));
  const text = sources.map((name) => readFileSync(join(root, name), 'utf8')).join('\n');
  const sayings = quotedSayings();
  expect(sayings.length).toBeGreaterThan(40);
  expect(sayings.filter((saying) => !text.includes(saying))).toEqual([]);
});

test.each<[BlockKind, number]>([
  ['sh', 30],
  ['sh root', 2],
  ['sh systemd', 2],
])('blocks of the kind %s are shell', (kind, least) => {
  const blocks = shellBlocks(kind);
  expect(blocks.length).toBeGreaterThanOrEqual(least);
  for (const input of blocks) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input, encoding: 'utf8' });
    expect({ input, status, stderr }).toEqual({ input, status: 0, stderr: '' });
  }
});

test('no block is of a kind that nobody runs', () => {
  const kinds = documentNames().flatMap((name) =>
    Array.from(textOfDocument(name).matchAll(/^```(.+)$/gm), ([, kind = '']) => kind),
  );
  expect([...new Set(kinds)].toSorted()).toEqual(['r', 'sh', 'sh root', 'sh systemd']);
});
