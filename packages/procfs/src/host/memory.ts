import { optionalFact } from '../errors.ts';
import { parseMeminfo } from '../sources/meminfo/parse.ts';
import type { HostReader } from '../types.ts';
import { known } from './read.ts';

/** What the kernel can use, not what is plugged in. */
export interface Memory {
  readonly memory_kib?: number;
  /** 0 where there is none. */
  readonly swap_kib?: number;
}

/** Reads the totals of /proc/meminfo. */
export function readMemory(host: HostReader): Memory {
  const fields = optionalFact(() => parseMeminfo(host.readText('/proc/meminfo'))) ?? {};
  const size = (name: string) => (typeof fields[name] === 'number' ? fields[name] : undefined);
  return known<Memory>({ memory_kib: size('mem_total'), swap_kib: size('mem_swap_total') });
}
