/** Whether a field's name answers to one of some names, each with any number of `*`. */
export function fieldMatcher(patterns: readonly string[]): (field: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split(/\*+/));
  return (field) => exact.has(field) || globs.some((parts) => answers(field, parts));
}

/**
 * Whether the parts stand in the name in their order, the first at its beginning and the last at its end. Each is looked
 * for from where the one before it ended: a regular expression would try all ways to divide the name, which may take years.
 */
function answers(field: string, parts: readonly string[]): boolean {
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  const end = field.length - last.length;
  let at = first.length;
  if (at > end || !field.startsWith(first) || !field.endsWith(last)) return false;
  for (const part of parts.slice(1, -1)) {
    const found = field.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
