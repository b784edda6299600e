/** Whether a field's name answers to one of some names, each with any number of `*`. */
export function fieldMatcher(patterns: readonly string[]): (field: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*'));
  return (field) => exact.has(field) || globs.some((pattern) => fitsPattern(field, pattern));
}

/**
 * Whether a name is what a pattern says: `*` is any text, also none. Each part is looked for once, from where the one
 * before it ended, so no pattern takes long.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
