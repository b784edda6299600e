import type { FieldDescription } from '../layout.ts';
import { timestampColumn } from '../sar/table.ts';

const column = (name: string, unit: string, about: Partial<FieldDescription>): FieldDescription => ({
  ...{ name, type: unit === 'percent' ? 'number' : 'integer', unit },
  ...about,
});
const share = (name: string, description: string) =>
  column(name, 'percent', { kind: 'counter', derivation: 'share', group: 'cpu', description });
const memory = (name: string, description: string) =>
  column(name, 'KiB', { kind: 'gauge', derivation: 'value', group: 'mem', description });
const rate = (name: string, group: string, description: string) =>
  column(name, 'bytes/s', { kind: 'counter', derivation: 'rate', group, description });

/** @param disk @param iface the devices that the table is about, where there are any */
export function portalColumns(disk: string | undefined, iface: string | undefined): readonly FieldDescription[] {
  const of = (device: string | undefined) => (device === undefined ? '' : ` (${device})`);
  return [
    timestampColumn('timestamp'),
    share('cpu_user', 'Time in user mode, guests included.'),
    share('cpu_system', 'Time in kernel mode, interrupts not included.'),
    share('cpu_idle', 'Time without work and without I/O.'),
    share('cpu_iowait', 'Time without work while I/O was under way.'),
    share('cpu_steal', 'Time that the hypervisor gave to others.'),
    memory('mem_total_kb', 'Memory, without slab.'),
    memory('mem_used_kb', 'Memory that is neither free nor buffers, page cache or slab.'),
    memory('mem_free_kb', 'Memory that is not used at all.'),
    memory('mem_cached_kb', 'Page cache.'),
    rate('disk_read_bytes', 'disk', `Read from the disk${of(disk)} a second, without the fraction.`),
    rate('disk_write_bytes', 'disk', `Written to the disk${of(disk)} a second, without the fraction.`),
    rate('net_rx_bytes', 'net', `Received on the interface${of(iface)} a second, without the fraction.`),
    rate('net_tx_bytes', 'net', `Sent on the interface${of(iface)} a second, without the fraction.`),
  ];
}

/** The first line of such a file. */
export const PORTAL_HEADING = portalColumns(undefined, undefined)
  .map(({ name }) => name)
  .join(',');
