import { fitsPattern } from '@perfcollector/storage';
import type { Caller } from './key-ring.ts';

/** Whether a key may send and see a machine: one without a pattern may all of its tenant. */
export function isForMachine({ machines }: Pick<Caller, 'machines'>, machine: string): boolean {
  return machines === null || fitsPattern(machine, machines);
}

/** Why lines of a machine are not taken from a key, as a sentence. */
export function otherMachine({ machines }: Pick<Caller, 'machines'>, machine: string): string {
  return `the API key is for the machines ${machines} and not for ${machine.slice(0, 200)}`;
}
