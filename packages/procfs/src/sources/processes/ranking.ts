/**
 * Puts the largest into `into`, largest first; of equal ones those that come first. What measures 0 or less, or is not
 * known, is not among them.
 * @param count at most so many
 */
export function rank<T>(
  into: T[],
  all: Iterable<T>,
  by: { count: number; measure: (one: T) => number | undefined },
): T[] {
  const { count, measure } = by;
  into.length = 0;
  for (const one of all) {
    const size = measure(one) ?? 0;
    if (size <= 0 || (into.length === count && size <= measureOf(into, measure))) continue;
    if (into.length === count) into.pop();
    let at = into.length;
    while (at > 0 && (measure(into[at - 1] as T) ?? 0) < size) at -= 1;
    into.splice(at, 0, one);
  }
  return into;
}

function measureOf<T>(ranked: readonly T[], measure: (one: T) => number | undefined): number {
  const last = ranked.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : (measure(last) ?? 0);
}
