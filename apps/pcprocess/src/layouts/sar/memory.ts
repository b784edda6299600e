import { isNa, type Na, na } from '@perfcollector/derive';
import type { FieldDescription } from '../layout.ts';
import { numberOf, type Stats } from './device-stats.ts';
import type { SarRow, SarTable } from './table.ts';

type Part = number | undefined;

/** As sar has it since version 11.7: what is neither free nor buffers, page cache or slab. KiB. */
export function memoryUsed(stats: Stats): number | undefined {
  const total = numberOf(stats, 'total');
  const unused = added(['free', 'buffers', 'cached', 'slab'].map((stat) => numberOf(stats, stat)));
  return total === undefined || unused === undefined ? undefined : total - Math.min(total, unused);
}

function added(parts: readonly Part[]): Part {
  return parts.reduce<Part>((total, part) => (total === undefined || part === undefined ? undefined : total + part), 0);
}

function percent(part: Part, all: Part): number | undefined {
  return part === undefined || all === undefined || all <= 0 ? undefined : (part / all) * 100;
}

function known(value: Part): number | Na {
  return value ?? na('absent');
}

const gauge = (name: string, unit: string, description: string): FieldDescription => ({
  ...{ name, type: unit === 'KiB' ? 'integer' : 'number', unit, kind: 'gauge', derivation: 'value' },
  ...{ group: 'mem', description },
});

export const memoryTable: SarTable = {
  path: 'proc/meminfo',
  group: 'mem',
  blank: 'NA',
  columns: [
    gauge('kbmemfree', 'KiB', 'Memory that is not used at all.'),
    gauge('kbavail', 'KiB', 'Memory that programs could have without swapping.'),
    gauge('kbmemused', 'KiB', 'Memory that is neither free nor buffers, page cache or slab.'),
    gauge('%memused', 'percent', 'That, of all memory.'),
    gauge('kbbuffers', 'KiB', 'Buffers of block devices.'),
    gauge('kbcached', 'KiB', 'Page cache.'),
    gauge('kbcommit', 'KiB', 'Memory that was promised to programs.'),
    gauge('%commit', 'percent', 'That, of memory and swap together.'),
    gauge('kbactive', 'KiB', 'Memory that was used lately.'),
    gauge('kbinact', 'KiB', 'Memory that was not used lately.'),
    gauge('kbdirty', 'KiB', 'Memory that waits to be written to disk.'),
  ],
  *rows({ now, interval }): Generator<SarRow> {
    const stats = now.get('') ?? new Map();
    const cells = memoryCells(stats).map(known);
    // The first sample is the base of the others in all files alike.
    const isFirst = isNa(interval) && interval.na === 'first';
    yield { device: '', cells: isFirst ? cells.map(() => interval) : cells, names: 0 };
  },
};

function memoryCells(stats: Stats): readonly Part[] {
  const of = (stat: string) => numberOf(stats, stat);
  const [total, used, committed] = [of('total'), memoryUsed(stats), of('committed_as')];
  const commit = percent(committed, added([total, of('swap_total')]));
  const first = [of('free'), of('available'), used, percent(used, total), of('buffers'), of('cached')];
  return [...first, committed, commit, of('active'), of('inactive'), of('dirty')];
}
