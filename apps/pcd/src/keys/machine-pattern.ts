import type { Caller } from './key-ring.ts';

/** Whether a key may send and see a machine: one without a pattern may all of its tenant. */
export function isForMachine({ machines }: Pick<Caller, 'machines'>, machine: string): boolean {
  return machines === null || fitsPattern(machine, machines);
}

/** Why lines of a machine are not taken from a key, as a sentence. */
export function otherMachine({ machines }: Pick<Caller, 'machines'>, machine: string): string {
  return `the API key is for the machines ${machines} and not for ${machine.slice(0, 200)}`;
}

/**
 * Whether a name is what a pattern says: `*` is any text, also none. Each part is looked for once, from where the one
 * before it ended, so no pattern takes long.
 */
function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
