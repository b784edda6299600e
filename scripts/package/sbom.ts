/** The list of what is inside, in CycloneDX 1.6, for those who look for known faults in it. */
import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { type Ingredient, partsOfNode } from './ingredients.ts';
import type { Release } from './release.ts';

const { ComponentType } = Enums;

/** The same text for the same ingredients. */
export function sbomOf(release: Release, ingredients: readonly Ingredient[]): string {
  const suite = new Models.Component(ComponentType.Application, 'perfcollector', {
    bomRef: `perfcollector@${release.version}`,
    version: release.version,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense('MIT')]),
  });
  const components = ingredients.map(componentOf);
  for (const component of components) suite.dependencies.add(component.bomRef);
  const bom = new Models.Bom({
    serialNumber: serialNumberOf(release, ingredients),
    metadata: new Models.Metadata({ timestamp: new Date(release.epoch * 1000), component: suite }),
    components: new Models.ComponentRepository(components),
  });
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalizer).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(ingredient: Ingredient): Models.Component {
  return ingredient.name === 'node' ? nodeComponent(ingredient) : libraryComponent(ingredient);
}

function libraryComponent({ name, version, licence }: Ingredient): Models.Component {
  const [last = name, group] = name.split('/').reverse();
  return new Models.Component(ComponentType.Library, last, {
    bomRef: `${name}@${version}`,
    group,
    version,
    licenses: licenseOf(licence),
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  });
}

function nodeComponent({ name, version, licence }: Ingredient): Models.Component {
  const parts = partsOfNode().map(
    ([part, of]) => new Models.Component(ComponentType.Library, part, { bomRef: `node/${part}@${of}`, version: of }),
  );
  return new Models.Component(ComponentType.Platform, name, {
    bomRef: `${name}@${version}`,
    version,
    licenses: licenseOf(licence),
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    components: new Models.ComponentRepository(parts),
  });
}

function licenseOf(expression: string): Models.LicenseRepository {
  const isSimple = /^[\w.-]+$/.test(expression);
  return new Models.LicenseRepository([
    isSimple ? new Models.SpdxLicense(expression) : new Models.LicenseExpression(expression),
  ]);
}

/** An identifier that another list has not: of the release and all that is in it. */
function serialNumberOf(release: Release, ingredients: readonly Ingredient[]): string {
  const text = JSON.stringify([release, ingredients.map(({ name, version }) => [name, version])]);
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return `urn:uuid:${uuid.join('-')}`;
}
