/** A list of CPUs or nodes as the kernel prints it (`0-3,8,10-11`), as ranges of first and last. */
export type CpuList = readonly (readonly [number, number])[];

/** Undefined where the text is no such list, or an empty one. */
export function parseCpuList(text: string | undefined): CpuList | undefined {
  if (text === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return undefined;
  return text.split(',').map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return [first, last] as const;
  });
}

export function countCpus(list: CpuList): number {
  return list.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Every number of a list, in order. */
export function cpusOf(list: CpuList): number[] {
  return list.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
}
