import { describe, expect, test } from 'vitest';
import { ParseError } from '../errors.ts';
import { groups as netstatGroups } from '../sources/net-netstat/parse.ts';
import { groups as snmpGroups } from '../sources/net-snmp/parse.ts';
import { icmp6Fields, ip6Fields, udp6Fields } from '../sources/net-snmp6/fields.ts';
import type { FieldSpec, Fields } from '../types.ts';
import { mibTableScanner } from './mib-table.ts';
import { parserOf } from './scanner.ts';

const spec = (stat: string, kernel: string): FieldSpec => ({
  stat,
  kernel,
  unit: 'count',
  kind: 'counter',
  about: 'What it counts.',
});
const parse = parserOf(() =>
  mibTableScanner('/mib', {
    Ip: { group: 'ip', device: 'none', fields: [spec('in', 'In'), spec('out', 'Out')] },
    Tcp: { group: 'tcp', device: 'none', fields: [spec('in', 'In')] },
  }),
);

describe('a table of counters is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', '\n \n', {}],
    ['by the names above the values', 'Ip: In Out\nIp: 1 2\nTcp: In\nTcp: 3\n', { ip_in: 1, ip_out: 2, tcp_in: 3 }],
    ['whatever their order', 'Tcp: In\nTcp: 3\nIp: Out In\nIp: 2 1\n', { tcp_in: 3, ip_out: 2, ip_in: 1 }],
    ['with names passed over, whatever their value', 'Ip: Max In New\nIp: -1 1 x\n', { ip_in: 1 }],
    ['with protocols passed over', 'Sctp: In\nSctp: 9\nIp: In\nIp: 1\n', { ip_in: 1 }],
    ['with a protocol that has no columns', 'Ip:\nIp:\nTcp: In\nTcp: 3\n', { tcp_in: 3 }],
    ['with blanks at line ends', 'Ip: In  \nIp: 1 \n', { ip_in: 1 }],
    ['without a line feed at its end', 'Ip: In\nIp: 1', { ip_in: 1 }],
    ['with counts above 2^53 exact', 'Ip: In\nIp: 18446744073709551615\n', { ip_in: '18446744073709551615' }],
  ])('%s', (_, text, want) => {
    expect(parse(text)).toStrictEqual(want);
  });

  test('with the columns of a heading that changes from one text to the next', () => {
    const scan = mibTableScanner('/mib', { Ip: { group: 'ip', device: 'none', fields: [spec('in', 'In')] } });
    const next = parserOf(() => scan);
    expect(next('Ip: In X\nIp: 1 2\n')).toStrictEqual({ ip_in: 1 });
    expect(next('Ip: X In\nIp: 1 2\n')).toStrictEqual({ ip_in: 2 });
  });
});

describe('a table of counters is refused', () => {
  test.each([
    [
      'when names have no values',
      'Ip: In Out\n',
      /^cannot parse \/mib, line 1: got "Ip: In Out"; expected "<protocol>/,
    ],
    ['when names have no values before the next names', 'Ip: In\nTcp: In\nTcp: 1\n', /line 2: got "Tcp: In"/],
    ['when there are fewer values than names', 'Ip: In Out\nIp: 1\n', /line 2: got "Ip: 1"/],
    ['when there are more values than names', 'Ip: In Out\nIp: 1 2 3\n', /line 2/],
    ['when a value is no count', 'Ip: In Out\nIp: 1 x\n', /line 2/],
    ['when a count is negative', 'Ip: In Out\nIp: 1 -2\n', /line 2/],
    ['when a protocol has no colon', 'Ip In\nIp 1\n', /line 2/],
    ['when the values are of a protocol of a longer name', 'Ip: In\nIp:x 1\n', /line 2/],
    ['when cut off after the names', 'Ip: In Out', /line 1/],
    ['when it is another file', 'cpu  1 2 3\nctxt 5\n', /line 2/],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(ParseError);
    expect(() => parse(text)).toThrow(message);
  });
});

/** The rule by which the kernel's words become names. */
function snakeCase(word: string): string {
  return word
    .replace(/^TCP(?=[A-Z])/, 'TCP_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z](?!s(?![a-z]))[a-z])/g, '$1_$2')
    .toLowerCase();
}

test.each([
  ['RetransSegs', 'retrans_segs'],
  ['ReasmOKs', 'reasm_oks'],
  ['DelayedACKs', 'delayed_acks'],
  ['InNoECTPkts', 'in_no_ect_pkts'],
  ['TCPReqQFullDrop', 'tcp_req_q_full_drop'],
  ['TWRecycled', 'tw_recycled'],
])('the rule makes %s %s', (word, name) => {
  expect(snakeCase(word)).toBe(name);
});

test("every name is the kernel's word by that rule", () => {
  const six = { ip6: ip6Fields, icmp6: icmp6Fields, udp6: udp6Fields };
  const named = [
    ...Object.values({ ...snmpGroups, ...netstatGroups }).flatMap(({ fields }) => fields.map(nameAndWord)),
    ...Object.entries(six).flatMap(([group, fields]) =>
      fields.map(({ stat, kernel }) => ({ name: `${group}_${stat}`, word: kernel })),
    ),
  ];
  expect(named.filter(({ name, word }) => name !== snakeCase(word))).toStrictEqual([]);
});

function nameAndWord({ stat, kernel }: FieldSpec): { name: string; word: string } {
  return { name: stat, word: kernel };
}
