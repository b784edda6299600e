/** What goes with the executable for people and for those who look after licences and known faults. */
import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { documentEntry, type Entry } from './contents.ts';
import type { Runtime } from './executable/runtime.ts';
import { type Ingredient, librariesIn, nodeAsIngredient } from './ingredients.ts';
import type { Release } from './release.ts';
import { sbomOf } from './sbom.ts';

export function documentsOf(release: Release, metafile: Metafile, runtime: Runtime): Entry[] {
  const ingredients = [nodeAsIngredient(runtime), ...librariesIn(metafile)];
  return [
    documentEntry('copyright', copyrightOf(ingredients)),
    ...ingredients.map((each) =>
      documentEntry(`licences/${each.name.replace('/', '-')}-${each.version}.txt`, licenceText(each)),
    ),
    documentEntry('sbom.cdx.json', sbomOf(release, ingredients)),
  ];
}

/** In the form that Debian asks for: ours, and by name what is inside. */
function copyrightOf(ingredients: readonly Ingredient[]): string {
  const own = readFileSync('LICENSE', 'utf8');
  const [, holder = ''] = /^Copyright \(c\) (.*)$/m.exec(own) ?? [];
  const terms = own.slice(own.indexOf('Permission')).trim();
  const inside = ingredients.map(({ name, version, licence }) => ` ${name} ${version}: ${licence}`);
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: perfcollector
Comment: The executable contains other works, each under its own licence, whose text is
 in the folder licences beside this file:
${inside.join('\n')}

Files: *
Copyright: ${holder}
License: MIT
${terms.replace(/^$/gm, '.').replace(/^/gm, ' ')}
`;
}

function licenceText({ name, version, licence, texts }: Ingredient): string {
  const said = texts.length > 0 ? texts.join('\n') : 'Its authors give no text beside that name.\n';
  return `${name} ${version} is under this licence: ${licence}\n\n${said}`;
}
