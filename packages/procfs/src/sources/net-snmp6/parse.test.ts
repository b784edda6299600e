import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseSnmp6 } from './parse.ts';

describe('/proc/net/snmp6 is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', '\n \n', {}],
    [
      'with the counters of each protocol',
      'Ip6InReceives                   \t6\nIcmp6InMsgs                     \t1\nUdp6InErrors                    \t2\n',
      { ip6_in_receives: 6, icmp6_in_msgs: 1, udp6_in_errors: 2 },
    ],
    [
      'with those passed over that are not listed',
      'Icmp6OutType135 \t4\nUdpLite6NoPorts \t0\nIp6FragOKs \t3\n',
      { ip6_frag_oks: 3 },
    ],
    ['without a line feed at its end', 'Ip6InOctets \t484', { ip6_in_octets: 484 }],
    ['with counts above 2^53 exact', 'Ip6InOctets \t18446744073709551615\n', { ip6_in_octets: '18446744073709551615' }],
  ])('%s', (_, text, want) => {
    expect(parseSnmp6(text)).toStrictEqual(want);
  });
});

describe('/proc/net/snmp6 is refused', () => {
  test.each([
    ['when cut off after a name', 'Ip6InReceives \t6\nIp6InHdr', /\/proc\/net\/snmp6, line 2: got "Ip6InHdr"/],
    ['when a count is no number', 'Ip6InReceives \tx\n', /line 1: got "Ip6InReceives \\tx"; expected "<name> <count>"/],
    ['when a count is negative', 'Ip6InReceives \t-1\n', /line 1/],
  ])('%s', (_, text, message) => {
    expect(() => parseSnmp6(text)).toThrow(ParseError);
    expect(() => parseSnmp6(text)).toThrow(message);
  });
});
