import { isNa, type Na, na } from '@perfcollector/derive';
import type { MachineStep } from '../layout.ts';
import { cpuShares } from '../sar/cpu.ts';
import { numberOf, SampleParts } from '../sar/device-stats.ts';
import { memoryUsed } from '../sar/memory.ts';
import { ratesOf, scaled } from '../sar/rates.ts';
import { type Span, Spans } from '../sar/spans.ts';

export const DISK = ['read_sectors', 'write_sectors'];
export const NET = ['rx_bytes', 'tx_bytes'];
const SECTOR = 512;
const KIB = 1024;
/** Without CPU and memory there is no line: five cells and four. */
export const FIRST_OF_DEVICES = 9;

/** The devices that the table is about. */
export interface Chosen {
  readonly disk: string | undefined;
  readonly iface: string | undefined;
}

/** The groups of fields that a line is made of. */
type Groups<T> = { readonly [group in 'cpu' | 'mem' | 'disk' | 'net']: T };

export function openGroups(): Groups<Spans> {
  const parts = new SampleParts(['cpu', 'mem', 'disk', 'net']);
  const spans = (group: string) => new Spans(group, parts);
  return { cpu: spans('cpu'), mem: spans('mem'), disk: spans('disk'), net: spans('net') };
}

export function spansOf(groups: Groups<Spans>, step: MachineStep): Groups<Span | undefined> {
  const { cpu, mem, disk, net } = groups;
  return { cpu: cpu.add(step), mem: mem.add(step), disk: disk.add(step), net: net.add(step) };
}

/** What stands behind the timestamp. */
export function cellsOf({ cpu, mem, disk, net }: Groups<Span | undefined>, chosen: Chosen): (number | Na)[] {
  return [
    ...cpuCells(cpu),
    ...memoryCells(mem),
    ...DISK.map((stat) => whole(scaled(rateOf(disk, { group: 'disk', device: chosen.disk, stat }), SECTOR))),
    // By way of KiB, as it comes to the portal from perfcollector2.
    ...NET.map((stat) =>
      whole(scaled(scaled(rateOf(net, { group: 'net', device: chosen.iface, stat }), 1 / KIB), KIB)),
    ),
  ];
}

function cpuCells(span: Span | undefined): (number | Na)[] {
  const none = span ? span.interval : na('absent');
  if (!span || isNa(none)) return Array.from({ length: 5 }, () => (isNa(none) ? none : na('absent')));
  const { user, system, idle, iowait, steal } = cpuShares(span.before?.get(''), span.now.get('') ?? new Map());
  return [user, system, idle, iowait, steal];
}

function memoryCells(span: Span | undefined): (number | Na)[] {
  const stats = span?.now.get('') ?? new Map();
  const [free, buffers, cached] = ['free', 'buffers', 'cached'].map((stat) => numberOf(stats, stat));
  const used = memoryUsed(stats);
  if (free === undefined || buffers === undefined || cached === undefined || used === undefined)
    return Array.from({ length: 4 }, () => na('absent'));
  return [free + used + buffers + cached, used, free, cached];
}

interface Wanted {
  readonly group: 'disk' | 'net';
  readonly device: string | undefined;
  readonly stat: string;
}

function rateOf(span: Span | undefined, { group, device, stat }: Wanted): number | Na {
  if (!span || device === undefined || !span.now.has(device)) return na('absent');
  return ratesOf(group, device, span)(stat);
}

function whole(value: number | Na): number | Na {
  return isNa(value) ? value : Math.trunc(value);
}
