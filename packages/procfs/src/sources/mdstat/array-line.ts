import type { NameDevice } from '../../block-device-names.ts';
import { FieldKey } from '../../scan/field-key.ts';

/** What an array's first line says, and the keys of its fields. */
export interface ArrayLine {
  readonly keys: ArrayKeys;
  readonly level: string | undefined;
  readonly state: string;
  readonly failed: number;
  readonly spare: number;
}

export type ArrayKeys = ReturnType<typeof keysOf>;

const READ_ONLY = /^\((read-only|auto-read-only)\)$/;

/**
 * Takes a line that begins in the first column apart. Undefined for an array that is left out and for lines that tell
 * nothing of arrays; null for what is neither.
 */
export function arrayLine(text: string, nameDevice: NameDevice): ArrayLine | undefined | null {
  const line = text.trimEnd();
  if (line === '' || /^(Personalities|read_ahead|unused devices|unused raid)\b/.test(line)) return undefined;
  const [, kernelName, words] = /^(\S+) : (.+)$/.exec(line) ?? [];
  if (kernelName === undefined || words === undefined) return null;
  const name = nameDevice({ name: kernelName, number: `9:${/^md(\d+)$/.exec(kernelName)?.[1] ?? ''}` });
  if (name === undefined) return undefined;
  const [activity = '', ...rest] = words.trim().split(/\s+/);
  const readOnly = READ_ONLY.exec(rest[0] ?? '')?.[1];
  const level = activity === 'inactive' ? undefined : rest.find((word) => /^[a-z]+\d*$/.test(word));
  const marked = (mark: string) => rest.filter((word) => /\[\d+\]/.test(word) && word.includes(mark)).length;
  return { keys: keysOf(name), level, state: readOnly ?? activity, failed: marked('(F)'), spare: marked('(S)') };
}

function keysOf(name: string) {
  const key = (stat: string) => new FieldKey(`md_${name}_${stat}`);
  return {
    level: key('level'),
    state: key('state'),
    blocks: key('blocks'),
    total: key('disks_total'),
    active: key('disks_active'),
    failed: key('disks_failed'),
    spare: key('disks_spare'),
    action: key('sync_action'),
    phase: key('sync_phase'),
    percent: key('sync_percent'),
    finish: key('sync_finish_minutes'),
    speed: key('sync_speed'),
  };
}
