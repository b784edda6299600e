import { ParseError } from '../../errors.ts';
import { countOf, parseJsonObject } from '../../json.ts';
import type { Fields } from '../../types.ts';
import { containerFields } from './fields.ts';

/** Containers of LXC and systemd-nspawn have names alone, which may hold more than letters and digits. */
const SUBSYSTEM = /^container\/(?:[^/]+\/([0-9A-Za-z]{1,64})|(?:lxc|nspawn)\/([^/\0\n]+))$/;

export function isContainerSubsystem(subsystem: string): boolean {
  return SUBSYSTEM.test(subsystem);
}

/**
 * Reads perfcollector2's object of one container (`container/<runtime>/<id12>`) into `container_<id12>_<stat>` fields.
 * An empty name is an unknown one and is left out.
 * @throws ParseError when it is not a JSON object, or a count in it is not a number
 */
export function parseContainer(text: string, subsystem: string): Fields {
  const [, digits, name] = SUBSYSTEM.exec(subsystem) ?? [];
  const id = digits ?? name;
  const bad = (expected: string) => new ParseError(subsystem, { line: 0, text, expected });
  const entry = parseJsonObject(text);
  if (id === undefined || !entry) throw bad('one JSON object with members such as "cpu_usage_usec"');
  const fields: Fields = {};
  for (const { stat, kernel, kind } of containerFields) {
    const member = entry[kernel];
    if (member === undefined || member === null || member === '' || isNoLimit(kernel, member)) continue;
    const value = kind === 'label' ? labelOf(member) : countOf(member);
    if (value === undefined) throw bad(`a ${kind === 'label' ? 'word' : 'count'} in "${kernel}"`);
    fields[`container_${id}_${stat}`] = value;
  }
  return fields;
}

/** cgroup v2 says "max" where there is no limit, v1 says -1: no number, and so no field. */
function isNoLimit(kernel: string, member: unknown): boolean {
  return member === 'max' || (member === -1 && /_(max|quota)$/.test(kernel));
}

function labelOf(member: unknown): string | undefined {
  return typeof member === 'string' || typeof member === 'number' ? String(member) : undefined;
}
