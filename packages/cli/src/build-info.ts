/**
 * What a build knows of itself. esbuild puts it into bundles that are packaged:
 *
 *     define: { PERFCOLLECTOR_BUILD: JSON.stringify({ version: '1.0.1', commit: '4137c62', date: '2026-11-21' }) }
 *
 * A checkout, and the bundles in its `dist`, have none: their version is that of package.json, of no commit in particular.
 */
export interface BuildInfo {
  /** The version that is packaged, where it is another than package.json's. */
  readonly version?: string;
  /** The first characters of the commit's hash; left out where the sources are in no git. */
  readonly commit?: string;
  /** `2026-11-21`: the commit's, or that of SOURCE_DATE_EPOCH. Of the clock, no two builds would be the same bytes. */
  readonly date?: string;
}

declare const PERFCOLLECTOR_BUILD: BuildInfo | undefined;

/** What this program was built from; undefined in a checkout. */
export function buildInfo(): BuildInfo | undefined {
  return typeof PERFCOLLECTOR_BUILD === 'undefined' ? undefined : PERFCOLLECTOR_BUILD;
}

/** The version that a program with this package.json goes by. */
export function versionOf({ version }: { readonly version: string }): string {
  return buildInfo()?.version ?? version;
}

type Origin = { readonly [K in 'commit' | 'date']?: string | undefined };

/** `1.0.0 (4137c62, 2026-11-21)`; the version alone where nothing more is known, as in a checkout. */
export function describeVersion(version: string, { commit, date }: Origin = buildInfo() ?? {}): string {
  const known = [commit, date].filter((word) => word !== undefined);
  return known.length > 0 ? `${version} (${known.join(', ')})` : version;
}
