import { byDevice, digitsOf } from '../../rebuild.ts';
import type { Fields, GroupSpec } from '../../types.ts';
import { fsFields } from './fields.ts';

const group: GroupSpec = { group: 'fs', device: 'between', fields: fsFields };
/** perfcollector2 writes all of these, and knows no others. */
const NEEDED = ['block_size', 'blocks_total', 'blocks_free', 'blocks_available'];

export function rebuildStatfs(fields: Fields): string | undefined {
  const lines = byDevice(group, fields).flatMap(([mount, stats]) => {
    if (NEEDED.some((stat) => digitsOf(stats.get(stat)) === undefined)) return [];
    const members = fsFields.filter(({ stat }) => digitsOf(stats.get(stat)) !== undefined);
    return [
      JSON.stringify({ mount_point: mount, ...Object.fromEntries(members.map(({ stat }) => [stat, stats.get(stat)])) }),
    ];
  });
  return lines.length > 0 ? lines.join('\n') : undefined;
}
