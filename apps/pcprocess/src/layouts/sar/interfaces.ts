import { isNa, type Na } from '@perfcollector/derive';
import type { FieldDescription } from '../layout.ts';
import { ratesOf, scaled } from './rates.ts';
import type { Span } from './spans.ts';
import type { SarRow, SarTable } from './table.ts';

const rate = (name: string, unit: string, description: string): FieldDescription => ({
  ...{ name, type: 'number', unit, kind: 'counter', derivation: 'rate' },
  ...{ group: 'net', description },
});

export const interfaceTable: SarTable = {
  path: 'proc/net/dev',
  group: 'net',
  blank: 'NA',
  columns: [
    { name: 'IFACE', type: 'string', kind: 'label', description: 'The network interface.' },
    rate('rxpck/s', 'count/s', 'Packets received.'),
    rate('txpck/s', 'count/s', 'Packets sent.'),
    rate('rxkB/s', 'KiB/s', 'Received.'),
    rate('txkB/s', 'KiB/s', 'Sent.'),
    rate('rxcmp/s', 'count/s', 'Compressed packets received.'),
    rate('txcmp/s', 'count/s', 'Compressed packets sent.'),
    rate('rxmcst/s', 'count/s', 'Multicast packets received.'),
    rate('%ifutil', 'percent', "Use of the interface's speed; 0 where the collection does not tell that."),
  ],
  *rows(span): Generator<SarRow> {
    for (const device of span.now.keys()) {
      const of = ratesOf('net', device, span);
      const [rx, tx] = [scaled(of('rx_bytes'), 1 / 1024), scaled(of('tx_bytes'), 1 / 1024)];
      const compressed = [of('rx_compressed'), of('tx_compressed'), of('rx_multicast')];
      const used = utilisation({ rx, tx }, linkOf(device, span));
      const cells = [device, of('rx_packets'), of('tx_packets'), rx, tx, ...compressed, used];
      yield { device, cells, names: 1 };
    }
  },
};

interface Link {
  readonly mbit: number;
  readonly isHalf: boolean;
}

/** perfcollector2 knows no speeds, so its lines tell none; the headers of this suite do. */
function linkOf(device: string, { header }: Span): Link | undefined {
  const { interfaces } = header?.host ?? {};
  const found = Array.isArray(interfaces) ? interfaces.find((one) => one?.name === device) : undefined;
  return found?.speed_mbit > 0 ? { mbit: found.speed_mbit, isHalf: found.duplex === 'half' } : undefined;
}

/** As sar counts it: of a link of full duplex the busier direction. */
function utilisation({ rx, tx }: { rx: number | Na; tx: number | Na }, link: Link | undefined): number | Na {
  if (isNa(rx)) return rx;
  if (isNa(tx)) return tx;
  if (!link) return 0;
  const kib = link.isHalf ? rx + tx : Math.max(rx, tx);
  return Math.min(100, (kib * 1024 * 8 * 100) / (link.mbit * 1e6));
}
