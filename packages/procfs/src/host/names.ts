/**
 * Orders device names as a person does: `nvme2n1` before `nvme10n1`. Digits are compared by their value, all else by its
 * code. Not by Intl.Collator: that has Node read 4 MB of ICU's data, in every agent, for this.
 */
export function byName(first: string, second: string): number {
  const [a, b] = [piecesOf(first), piecesOf(second)];
  const at = a.findIndex((piece, index) => piece !== b[index]);
  if (at < 0) return a.length - b.length;
  const [here, there] = [a[at] ?? '', b[at] ?? ''];
  const difference = Number(here) - Number(there);
  return difference || (here < there ? -1 : 1);
}

/** `nvme10n1` as `nvme`, `10`, `n`, `1`. */
function piecesOf(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}
