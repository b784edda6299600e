import type { FieldDescription } from '../layout.ts';
import type { Stats } from './device-stats.ts';
import { ratesOf, sum } from './rates.ts';
import type { SarRow, SarTable } from './table.ts';

const rate = (name: string, unit: string, description: string): FieldDescription => ({
  ...{ name, type: 'number', unit, kind: 'counter', derivation: 'rate' },
  ...{ group: 'disk', description },
});

export const diskTable: SarTable = {
  path: 'proc/diskstats',
  group: 'disk',
  blank: 'NA',
  columns: [
    { name: 'DEV', type: 'string', kind: 'label', description: 'The disk or partition.' },
    rate('tps', 'count/s', 'Requests, of all kinds.'),
    rate('rtps', 'count/s', 'Reads.'),
    rate('wtps', 'count/s', 'Writes.'),
    rate('dtps', 'count/s', 'Discards, which Linux counts since 4.18.'),
    rate('bread/s', 'sectors/s', 'Sectors of 512 bytes read.'),
    rate('bwrtn/s', 'sectors/s', 'Sectors of 512 bytes written.'),
    rate('bdscd/s', 'sectors/s', 'Sectors of 512 bytes discarded.'),
  ],
  *rows(span): Generator<SarRow> {
    for (const [device, stats] of span.now) {
      if (isUnused(stats)) continue;
      const of = ratesOf('disk', device, span);
      const requests = [of('reads'), of('writes'), of('discards')];
      const sectors = [of('read_sectors'), of('write_sectors'), of('discard_sectors')];
      yield { device, cells: [device, sum(requests), ...requests, ...sectors], names: 1 };
    }
  },
};

/** No I/O since boot: the loop devices that stand ready, empty drives. */
function isUnused(stats: Stats): boolean {
  return [...stats.values()].every((value) => value === 0);
}
