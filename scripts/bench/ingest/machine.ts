import type { Header, Sample } from '../../../packages/collection/src/index.ts';

/** One machine's data, made or read anew each time that it is gone through: days of it do not fit into memory. */
export interface Machine {
  readonly identifier: string;
  /** perfcollector2's recordings have none. */
  readonly header?: Header;
  samples(): IteratorObject<Sample>;
}

/** Numbers in the samples: text is kept by some servers only, so it counts for none. */
export function countValues(machines: readonly Machine[]): number {
  let count = 0;
  for (const machine of machines) {
    for (const { fields } of machine.samples()) {
      for (const name in fields) if (typeof fields[name] === 'number') count += 1;
    }
  }
  return count;
}

/** Goes through values in groups of a size; the last may be smaller. */
export function* inGroups<T>(values: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = [];
  for (const value of values) {
    group.push(value);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
