import { readFileSync } from 'node:fs';
import { openHost } from '../reader.ts';
import type { HostReader } from '../types.ts';
import { known, readWord } from './read.ts';

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

/**
 * Whether the host's files are of the kernel that runs this process: our own, or another root of the same machine
 * (`/host`). The kernel draws its boot id anew at each boot, so a capture's is another one, or missing.
 */
export function isThisKernel(host: HostReader): boolean {
  if (host.isOwn) return true;
  const path = '/proc/sys/kernel/random/boot_id';
  const bootId = readWord(host, path);
  return bootId !== undefined && bootId === readWord(openHost(), path);
}

/**
 * Reads this process's own auxiliary vector (64-bit machines): what sysconf(_SC_CLK_TCK) would say. Another kernel's
 * units are unknown.
 */
export function readKernelUnits(host: HostReader): KernelUnits {
  if (!isThisKernel(host)) return {};
  const values = readAuxv();
  return known<KernelUnits>({
    clock_ticks: values.get(AT_CLKTCK) || undefined,
    page_size: values.get(AT_PAGESZ) || undefined,
  });
}

function readAuxv(): Map<bigint, number> {
  const values = new Map<bigint, number>();
  const bytes = readFileSync('/proc/self/auxv');
  const words = new BigUint64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)));
  for (let at = 0; at + 1 < words.length; at += 2) values.set(words[at] ?? 0n, Number(words[at + 1]));
  return values;
}
