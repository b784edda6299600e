import { isNa, type Na, na } from '@perfcollector/derive';
import { numberOf, type Stats } from './device-stats.ts';
import type { SarRow, SarTable } from './table.ts';

const gauge = { kind: 'gauge', derivation: 'value', group: 'fs' } as const;

export const fileSystemTable: SarTable = {
  path: 'statfs_ALL',
  group: 'fs',
  blank: 'NA',
  columns: [
    { name: 'mount', type: 'string', kind: 'label', description: 'Where the file system is mounted.' },
    { name: 'blocksize', type: 'integer', unit: 'bytes', ...gauge, description: 'The unit of the other columns.' },
    { name: 'blockstotal', type: 'integer', unit: 'blocks', ...gauge, description: 'Size of the file system.' },
    { name: 'blocksavail', type: 'integer', unit: 'blocks', ...gauge, description: 'What any user may take.' },
    { name: 'use', type: 'integer', unit: 'percent', ...gauge, description: 'What no user may take, rounded.' },
  ],
  *rows({ now, interval }): Generator<SarRow> {
    const isFirst = isNa(interval) && interval.na === 'first';
    for (const [mount, stats] of now) {
      const cells = ['block_size', 'blocks_total', 'blocks_available'].map((stat) => stats.get(stat) ?? na('absent'));
      const all = [...cells, use(stats)];
      yield { device: mount, cells: [mount, ...(isFirst ? all.map(() => interval) : all)], names: 1 };
    }
  },
};

function use(stats: Stats): number | Na {
  const [total, available] = [numberOf(stats, 'blocks_total'), numberOf(stats, 'blocks_available')];
  if (total === undefined || available === undefined || total === 0) return na('absent');
  return Math.max(0, Math.round(((total - available) / total) * 100));
}
