import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHost } from './reader.ts';
import { sources } from './sources/index.ts';
import { testRoot } from './test-root.ts';
import { allSettings, sampleOf } from './test-sampling.ts';
import type { Fields } from './types.ts';

const HOSTS = join(import.meta.dirname, '../../../test-fixtures/hosts');

async function fieldsBelow(root: string): Promise<Fields> {
  const fields: Fields = {};
  for (const source of sources.filter(({ open }) => open))
    Object.assign(
      fields,
      await sampleOf(source, openHost(root), allSettings).then(
        (one) => one.fields,
        () => ({}),
      ),
    );
  return fields;
}

test.each(readdirSync(HOSTS))('%s gives the same fields where its lines end as on other systems', async (host) => {
  const { root } = testRoot();
  cpSync(join(HOSTS, host), root, { recursive: true });
  const want = await fieldsBelow(root);
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    if (statSync(path).isFile()) writeFileSync(path, readFileSync(path, 'latin1').replaceAll('\n', '\r\n'), 'latin1');
  }
  expect(await fieldsBelow(root)).toStrictEqual(want);
});
