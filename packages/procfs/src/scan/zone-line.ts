import { isWordEnd, skipBlanks, wordEnd } from './text.ts';

const [N, Z, COMMA] = [0x4e, 0x7a, 0x2c];

/**
 * Where the name of the zone ends in a line that begins with `Node 0, zone   Normal`, as mm/vmstat.c prints it; -1 in any
 * other.
 */
export function zoneNameEnd(text: Uint8Array, start: number): number {
  if (text[start] !== N) return -1;
  const node = skipBlanks(text, wordEnd(text, start));
  const comma = wordEnd(text, node);
  const zone = skipBlanks(text, comma);
  if (comma < node + 2 || text[comma - 1] !== COMMA || text[zone] !== Z) return -1;
  const name = skipBlanks(text, wordEnd(text, zone));
  return isWordEnd(text, name) ? -1 : wordEnd(text, name);
}

/** The zone as a device, `0_Normal`; undefined where the words are none. @param words `Node 0, zone   Normal` */
export function zoneDevice(words: string): string | undefined {
  const [, node, zone] = /^Node (\d+), zone +(\S+)$/.exec(words) ?? [];
  return node === undefined ? undefined : `${node}_${zone}`;
}
