/**
 * Names for things that the kernel numbers in the order in which it found them: by what they are, and where several are
 * the same, by their number too.
 */
export function namesByIdentity<T extends { readonly identity: string; readonly number: string }>(
  things: readonly T[],
): (T & { readonly name: string })[] {
  const sizes = Map.groupBy(things, ({ identity }) => identity);
  return things.map((thing) => {
    const { identity, number } = thing;
    return { ...thing, name: sizes.get(identity)?.length === 1 ? identity : `${identity}.${number}` };
  });
}
