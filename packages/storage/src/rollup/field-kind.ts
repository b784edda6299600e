import { describeField } from '@perfcollector/procfs';

/** How a field is rolled up. A field that no source gives is taken for a gauge; a label is not rolled up. */
export interface FieldKind {
  readonly kind: 'gauge' | 'counter' | 'label';
  /** Some kernels count it in 32 bits. */
  readonly wraps32: boolean;
}

/** Looking a name up goes through the whole catalogue, so names are remembered, up to this many. */
const MOST_REMEMBERED = 50_000;

export function fieldKinds(): (field: string) => FieldKind {
  const remembered = new Map<string, FieldKind>();
  return (field) => {
    const known = remembered.get(field);
    if (known) return known;
    const spec = describeField(field)?.spec;
    const kind = { kind: spec?.kind ?? ('gauge' as const), wraps32: spec?.wraps32 ?? false };
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(field, kind);
    return kind;
  };
}
