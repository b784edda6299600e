import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { sockstat6Source } from '../net-sockstat6/index.ts';
import { sockstatSource } from './index.ts';

const parse = (text: string) => sockstatSource.parse?.(text, sockstatSource.subsystem);
const parse6 = (text: string) => sockstat6Source.parse?.(text, sockstat6Source.subsystem);

describe('/proc/net/sockstat is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', ' \n\n', {}],
    [
      'whole',
      `sockets: used 290
TCP: inuse 5 orphan 0 tw 4 alloc 17 mem 2
UDP: inuse 3 mem 1
UDPLITE: inuse 0
RAW: inuse 0
FRAG: inuse 6 memory 4096
`,
      {
        sockstat_sockets_used: 290,
        sockstat_tcp_inuse: 5,
        sockstat_tcp_orphan: 0,
        sockstat_tcp_tw: 4,
        sockstat_tcp_alloc: 17,
        sockstat_tcp_mem: 2,
        sockstat_udp_inuse: 3,
        sockstat_udp_mem: 1,
        sockstat_udplite_inuse: 0,
        sockstat_raw_inuse: 0,
        sockstat_frag_inuse: 6,
        sockstat_frag_memory: 4096,
      },
    ],
    ['with other lines and values passed over', 'SMC: inuse 9\nTCP: new -1 inuse 5\n', { sockstat_tcp_inuse: 5 }],
    ['without a line feed at its end', 'TCP: inuse 5', { sockstat_tcp_inuse: 5 }],
  ])('%s', (_, text, want) => {
    expect(parse(text)).toStrictEqual(want);
  });

  test('of IPv6', () => {
    expect(
      parse6('TCP6: inuse 3\nUDP6: inuse 2\nUDPLITE6: inuse 0\nRAW6: inuse 1\nFRAG6: inuse 0 memory 0\n'),
    ).toStrictEqual({
      sockstat6_tcp_inuse: 3,
      sockstat6_udp_inuse: 2,
      sockstat6_udplite_inuse: 0,
      sockstat6_raw_inuse: 1,
      sockstat6_frag_inuse: 0,
      sockstat6_frag_memory: 0,
    });
  });
});

describe('/proc/net/sockstat is refused', () => {
  test.each([
    [
      'when a value is missing',
      'TCP: inuse 5 orphan\n',
      /sockstat, line 1: got "TCP: inuse 5 orphan"; expected "<proto/,
    ],
    ['when a value is no count', 'TCP: inuse x\n', /line 1/],
    ['when a value is negative', 'TCP: inuse -5\n', /line 1/],
    ['when a line has no values', 'sockets: used 1\nTCP:\n', /line 2/],
    ['when a line has no colon', 'TCP inuse 5\n', /line 1/],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(ParseError);
    expect(() => parse(text)).toThrow(message);
  });
});
