import { byDevice, columnsUpToFirstAbsent, isWord } from '../../rebuild.ts';
import type { Fields, GroupSpec } from '../../types.ts';
import { diskFields, oldPartitionStats } from './fields.ts';

const group: GroupSpec = { group: 'disk', device: 'between', fields: diskFields };
/** What kernels print, the newest first. */
const WIDTHS = [17, 15, 11];
const oldPartitionFields = diskFields.filter(({ stat }) => oldPartitionStats.includes(stat));

/** Numbers of devices are in no field: 0 stands in their place. */
export function rebuildDiskstats(fields: Fields): string | undefined {
  const lines = byDevice(group, fields).flatMap(([device, stats]) => {
    const counts = countsOf(stats);
    return isWord(device) && counts.length > 0 ? [`   0       0 ${device} ${counts.join(' ')}\n`] : [];
  });
  return lines.length > 0 ? lines.join('') : undefined;
}

function countsOf(stats: ReadonlyMap<string, Fields[string]>): string[] {
  const counts = columnsUpToFirstAbsent(diskFields, (stat) => stats.get(stat));
  const width = WIDTHS.find((most) => most <= counts.length);
  if (width !== undefined) return counts.slice(0, width);
  const old = columnsUpToFirstAbsent(oldPartitionFields, (stat) => stats.get(stat));
  return old.length === oldPartitionFields.length && stats.size === old.length ? old : [];
}
