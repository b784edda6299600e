import { readdirSync, readFileSync } from 'node:fs';
import { type Finding, ok, warning } from './finding.ts';

/** Connections, the collection, the spool's segments, and devices that come later. */
const RESERVE = 64;

/** How many files this process has open just now. */
export function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** `Max open files            1024                 1048576              files`: the first is the limit that counts. */
export function checkLimits(open: number): Finding {
  const limit = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const told = `sampling keeps ${open} files open, and ${limit ?? 'an unknown number'} may be`;
  if (limit === undefined || limit === 'unlimited' || Number(limit) >= open + RESERVE) return ok('open files', told);
  return warning('open files', told, `Raise the limit to ${open + RESERVE} or more (ulimit -n, LimitNOFILE=).`);
}
