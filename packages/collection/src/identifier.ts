/** Longest identifier of a machine, in characters. */
const LONGEST = 128;

/**
 * Why this is no identifier of a machine, as a sentence; undefined where it is one. An identifier stands in paths and
 * file names, so it has no slashes, blanks or control characters.
 */
export function identifierProblem(identifier: string): string | undefined {
  if (identifier.length > LONGEST)
    return `the identifier is ${identifier.length} characters long; expected at most ${LONGEST}`;
  if (/^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/.test(identifier)) return undefined;
  return `the identifier ${JSON.stringify(identifier)} cannot be used; expected letters, digits and . _ : @ + -, a letter or digit first`;
}
