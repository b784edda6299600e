import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseNetDev } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseNetDev(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseNetDev(text)).toThrow(ParseError);
    expect(() => parseNetDev(text)).toThrow(message);
  });
}

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** The words of the heading, left and right of the bar. */
const COLUMNS = [
  ...['rx_bytes', 'rx_packets', 'rx_errs', 'rx_drop', 'rx_fifo', 'rx_frame', 'rx_compressed', 'rx_multicast'],
  ...['tx_bytes', 'tx_packets', 'tx_errs', 'tx_drop', 'tx_fifo', 'tx_colls', 'tx_carrier', 'tx_compressed'],
];
const COUNTS = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16';

/** The first columns of an interface, numbered 1, 2, 3 … */
function numbered(name: string, columns = 16): Fields {
  return Object.fromEntries(COLUMNS.slice(0, columns).map((stat, at) => [`net_${name}_${stat}`, at + 1]));
}

describe('/proc/net/dev is read', () => {
  ok('as nothing when empty', '', {});
  ok('as nothing when blank', ' \n\n', {});
  ok('as nothing when it holds the heading alone', HEADING, {});
  ok('with sixteen columns', `${HEADING}  eth0: ${COUNTS}\n`, numbered('eth0'));
  ok('without a blank after the colon', `${HEADING}  eth0:${COUNTS}\n`, numbered('eth0'));
  ok('with newer columns passed over', `${HEADING}  eth0: ${COUNTS} 17 18\n`, numbered('eth0'));
  ok('cut off within a line, without what is missing', `${HEADING}  eth0: 1 2 3`, numbered('eth0', 3));
  ok('with an alias, whose name holds a colon', `${HEADING}eth0:1: 1 2\neth0:web:3 4\n`, {
    ...numbered('eth0:1', 2),
    'net_eth0:web_rx_bytes': 3,
    'net_eth0:web_rx_packets': 4,
  });
  ok('with an interface beside its alias', `${HEADING}  eth0: 7\neth0:1: 8\n`, {
    net_eth0_rx_bytes: 7,
    'net_eth0:1_rx_bytes': 8,
  });
  ok('with interfaces named otherwise than eth0', `${HEADING}eno1.100: 1\nbr-3f1c9a7b2d44: 2\nwg_home: 3\n@x: 4\n`, {
    'net_eno1.100_rx_bytes': 1,
    'net_br-3f1c9a7b2d44_rx_bytes': 2,
    net_wg_home_rx_bytes: 3,
    'net_@x_rx_bytes': 4,
  });
  ok('with counts above 2^53 exact', `${HEADING} eth1: 9007199254740993 9007199254740991 0 18446744073709551615\n`, {
    net_eth1_rx_bytes: '9007199254740993',
    net_eth1_rx_packets: 9007199254740991,
    net_eth1_rx_errs: 0,
    net_eth1_rx_drop: '18446744073709551615',
  });
});

describe('/proc/net/dev is refused', () => {
  bad('when a line has no colon', `${HEADING}  eth0 1 2 3\n`, /\/proc\/net\/dev, line 3: got " {2}eth0 1 2 3"/);
  bad('when a line is cut off within the name', `${HEADING}  eth0: 1\n  et`, /line 4: got " {2}et"; expected "<interf/);
  bad('when an interface has no counts', `${HEADING}  eth0:\n`, /line 3/);
  bad('when an alias has no counts', `${HEADING}eth0:web:\n`, /line 3/);
  bad('when an interface has no name', `${HEADING}: 1 2 3\n`, /line 3/);
  bad('when a count is no number', `${HEADING}  eth0: 1 2 none\n`, /line 3/);
  bad('when a count is negative', `${HEADING}  eth0: -1 2\n`, /line 3/);
});
