const collator = new Intl.Collator('en', { numeric: true });

/** Orders device names as a person does: `nvme2n1` before `nvme10n1`. */
export function byName(first: string, second: string): number {
  return collator.compare(first, second);
}
