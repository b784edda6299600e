import { createHash } from 'node:crypto';
import { type MachineRef, StoreError } from '../store.ts';
import { fitsLabel, type Labels } from './layout.ts';

/** Those that every series of a machine's run has. */
export function labelsOf({ tenant, machine }: MachineRef, run: string | undefined): Labels {
  return { tenant, machine, run: run === undefined ? undefined : runLabel(run) };
}

/** A run's name is an UUID where pcc gives it; of what is too long, or no text, a hash stands for it. */
export function runLabel(run: string): string {
  return fitsLabel(run) ? run : `sha256:${createHash('sha256').update(JSON.stringify(run)).digest('hex')}`;
}

/** Where in the engine's time something stands. @throws StoreError where it is no time */
export function milliseconds({ timestamp }: { timestamp: number }): number {
  const ms = Math.round(timestamp * 1000);
  if (!Number.isSafeInteger(ms)) throw new StoreError('FAILED', `${timestamp} is no time that can be stored`);
  return ms;
}
