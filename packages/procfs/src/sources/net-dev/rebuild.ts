import { byDevice, columnsUpToFirstAbsent, isWord } from '../../rebuild.ts';
import type { Fields, GroupSpec } from '../../types.ts';
import { netFields } from './fields.ts';

const group: GroupSpec = { group: 'net', device: 'between', fields: netFields };
const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** An interface of which a column is missing is left out: every kernel prints all of them. */
export function rebuildNetDev(fields: Fields): string | undefined {
  const lines = byDevice(group, fields).flatMap(([device, stats]) => {
    const counts = columnsUpToFirstAbsent(netFields, (stat) => stats.get(stat));
    return isWord(device) && counts.length === netFields.length ? [`${device.padStart(6)}: ${counts.join(' ')}\n`] : [];
  });
  return lines.length > 0 ? HEADING + lines.join('') : undefined;
}
