/** Whether a field's name answers to one of some names, each with any number of `*`. */
export function fieldMatcher(patterns: readonly string[]): (field: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map(globOf);
  return (field) => exact.has(field) || globs.some((glob) => glob.test(field));
}

function globOf(pattern: string): RegExp {
  const literal = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's');
}
