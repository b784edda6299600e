import { readFileSync } from 'node:fs';

/** Entries of the auxiliary vector that the kernel gives each process; man 3 getauxval, include/uapi/linux/auxvec.h. */
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** The units of kernel counters. Absent where the process cannot read its auxiliary vector. */
export interface KernelUnits {
  /** USER_HZ: clock ticks a second, the unit of CPU time. */
  readonly clock_ticks?: number;
  /** Bytes a page. */
  readonly page_size?: number;
}

/** Reads this process's own auxiliary vector (64-bit machines): what sysconf(_SC_CLK_TCK) would say. */
export function readKernelUnits(): KernelUnits {
  const entries = readAuxv();
  const clockTicks = entries.get(AT_CLKTCK);
  const pageSize = entries.get(AT_PAGESZ);
  return { ...(clockTicks && { clock_ticks: clockTicks }), ...(pageSize && { page_size: pageSize }) };
}

function readAuxv(): Map<bigint, number> {
  const entries = new Map<bigint, number>();
  const bytes = readFileSync('/proc/self/auxv');
  const words = new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)));
  for (let at = 0; at + 1 < words.length; at += 2) entries.set(words[at] ?? 0n, Number(words[at + 1]));
  return entries;
}
