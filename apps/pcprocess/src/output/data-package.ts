import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldDescription } from '../layouts/layout.ts';

/** A file of a data package (Frictionless Data Package, https://datapackage.org), with members of ours. */
export interface Resource {
  readonly name: string;
  readonly path: string;
  readonly type?: 'table';
  readonly format: string;
  readonly mediatype: string;
  readonly encoding?: 'utf-8';
  /** Whose numbers these are; of one machine alone. */
  readonly machine_id?: string;
  readonly rows?: number;
  /** Cells without a value; `quality.csv` says why. */
  readonly na?: number;
  readonly schema?: { readonly missingValues: readonly string[]; readonly fields: readonly FieldDescription[] };
}

interface DataPackage {
  readonly name: string;
  readonly generator: string;
  readonly resources: readonly Resource[];
}

export const PACKAGE_FILE = 'datapackage.json';
const GENERATOR = 'pcprocess';

/** What an earlier run says of the directory; undefined where it is not of this program. */
export function readPackage(directory: string): DataPackage | undefined {
  const path = join(directory, PACKAGE_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Partial<DataPackage> | null;
    const isOurs = typeof found?.generator === 'string' && found.generator.startsWith(GENERATOR);
    return isOurs && Array.isArray(found.resources) ? (found as DataPackage) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Piece by piece: a thousand machines of hundreds of columns each make more than one string should hold. */
export function* packageText(resources: readonly Resource[], version: string): Generator<string> {
  const content: DataPackage = { name: 'perfcollector', generator: `${GENERATOR} ${version}`, resources: [] };
  const frame = `${JSON.stringify(content, null, 2)}\n`;
  const at = frame.lastIndexOf(']');
  yield frame.slice(0, at);
  for (const [index, resource] of resources.entries())
    yield `${index > 0 ? ',' : ''}\n${JSON.stringify(resource, null, 2).replaceAll(/^/gm, '    ')}`;
  yield `${resources.length > 0 ? '\n  ' : ''}${frame.slice(at)}`;
}

export interface DescribedFile {
  readonly path: string;
  readonly machine?: string;
  readonly rows?: number;
  readonly na?: number;
  /** None of a file that is no table. */
  readonly fields: readonly FieldDescription[];
  readonly missing?: string;
}

const MEDIA: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
};

export function resourceOf({ path, machine, rows, na, fields, missing = 'NA' }: DescribedFile): Resource {
  const format = /\.(json|parquet)$/.exec(path)?.[1] ?? 'csv';
  const mediatype = MEDIA[format] ?? 'application/octet-stream';
  const name = path.toLowerCase().replace(/[^a-z0-9._/-]+/g, '-');
  const table = { type: 'table', encoding: 'utf-8', schema: { missingValues: [missing], fields } } as const;
  return {
    name,
    path,
    format,
    mediatype,
    ...(machine !== undefined && { machine_id: machine }),
    ...(rows !== undefined && { rows }),
    ...(na !== undefined && { na }),
    ...(fields.length > 0 && table),
  };
}
