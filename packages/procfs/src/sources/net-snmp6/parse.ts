import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import type { GroupSpec } from '../../types.ts';
import { icmp6Fields, ip6Fields, udp6Fields } from './fields.ts';

export const groups: readonly GroupSpec[] = [
  { group: 'ip6', device: 'none', fields: ip6Fields },
  { group: 'icmp6', device: 'none', fields: icmp6Fields, isLast: true },
  { group: 'udp6', device: 'none', fields: udp6Fields },
];

const names = new Map(
  groups.flatMap(({ group, fields }) => fields.map(({ stat, kernel }) => [kernel, `${group}_${stat}`] as const)),
);

/**
 * Scans /proc/net/snmp6: `ip6_in_receives`, `icmp6_in_msgs`, `udp6_in_errors`, …; what the catalogue does not list (each
 * type of ICMPv6 message, UDP-Lite) is passed over.
 * @throws ParseError when a line is not a name and a count
 */
export function snmp6Scanner(): Scan {
  const keys = new WordMemo((word) => {
    const name = names.get(word);
    return name === undefined ? undefined : new FieldKey(name);
  });
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, start);
      const after = wordEnd(text, word);
      if (after === word) continue;
      const at = skipBlanks(text, after);
      const key = keys.at(place++, text, word, after);
      const stop = key === undefined ? wordEnd(text, at) : sink.count(key, text, at);
      if (stop === at || !isWordEnd(text, stop))
        throw badLine('/proc/net/snmp6', { text, at: start, end, expected: '"<name> <count>"' });
    }
  };
}

export const parseSnmp6 = parserOf(snmp6Scanner);
