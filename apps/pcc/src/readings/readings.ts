import type { Sample } from '@perfcollector/collection';
import {
  type Cell,
  type Column,
  intervalBetween,
  isNa,
  type RunFacts,
  rowDeriver,
  wideColumns,
} from '@perfcollector/derive';
import { wholeDisks } from '@perfcollector/procfs';

/** What a person wants to know of a host between two samples. Undefined: it cannot be told. */
export interface Readings {
  /** The time between them. */
  readonly seconds: number | undefined;
  /** Percent of the CPUs' time that they neither idled nor waited for I/O. */
  readonly cpuBusy: number | undefined;
  /** Percent of the memory that is not available, at the second sample. */
  readonly memoryUsed: number | undefined;
  /** Bytes a second, over all disks. */
  readonly diskRead: number | undefined;
  readonly diskWritten: number | undefined;
  /** Bytes a second, over all interfaces but the loopback. */
  readonly netReceived: number | undefined;
  readonly netSent: number | undefined;
}

/** The fields that these come from: of hundreds, only a few are derived. */
const WANTED = /^(cpu_|mem_(total|available)$|disk_.+_(read|write)_sectors$|net_.+_[rt]x_bytes$)/;
/** Whatever the disk's own size is: Documentation/admin-guide/iostats.rst. */
const SECTOR_BYTES = 512;

/** Prepares readings of one run. @returns a function that gives those between two of its samples */
export function readingsOf(run: RunFacts): (before: Sample | undefined, now: Sample) => Readings {
  let plan: { key: string; columns: Column[]; derive: ReturnType<typeof rowDeriver>; disks: Set<string> } | undefined;
  return (before, now) => {
    const names = Object.keys(now.fields).filter((name) => WANTED.test(name));
    const key = names.join('\0');
    if (plan?.key !== key) {
      const columns = wideColumns(names);
      plan = { key, columns, derive: rowDeriver(columns), disks: wholeDisks(devicesIn(columns, 'disk')) };
    }
    const { columns, derive, disks } = plan;
    const interval = intervalBetween(before, now, run);
    const cells = derive({ before, now, interval });
    const rows = columns.map((column, at) => ({ column, value: numberIn(cells[at]) }));
    const disk = { group: 'disk', isCounted: (device: string) => disks.has(device) };
    const net = { group: 'net', isCounted: (device: string) => device !== 'lo' };
    return {
      seconds: isNa(interval) ? undefined : interval.seconds,
      cpuBusy: cpuBusy(rows),
      memoryUsed: memoryUsed(rows),
      diskRead: times(SECTOR_BYTES, sumOf(rows, { ...disk, stat: 'read_sectors' })),
      diskWritten: times(SECTOR_BYTES, sumOf(rows, { ...disk, stat: 'write_sectors' })),
      netReceived: sumOf(rows, { ...net, stat: 'rx_bytes' }),
      netSent: sumOf(rows, { ...net, stat: 'tx_bytes' }),
    };
  };
}

interface Row {
  readonly column: Column;
  readonly value: number | undefined;
}

function numberIn(cell: Cell | undefined): number | undefined {
  return cell === undefined || isNa(cell) ? undefined : Number(cell);
}

function devicesIn(columns: readonly Column[], group: string): string[] {
  return columns.flatMap(({ info }) => (info?.groupSpec.group === group ? [info.device] : []));
}

function valueIn(rows: readonly Row[], name: string): number | undefined {
  return rows.find(({ column }) => column.name === name)?.value;
}

/** Where the kernel does not count iowait, it is inside idle. */
function cpuBusy(rows: readonly Row[]): number | undefined {
  const idle = valueIn(rows, 'cpu_idle');
  return idle === undefined ? undefined : Math.max(0, 100 - idle - (valueIn(rows, 'cpu_iowait') ?? 0));
}

function memoryUsed(rows: readonly Row[]): number | undefined {
  const [total, available] = [valueIn(rows, 'mem_total'), valueIn(rows, 'mem_available')];
  return total === undefined || available === undefined ? undefined : ((total - available) / total) * 100;
}

/** The sum of what can be told; a device that came just now does not hide the others. */
function sumOf(
  rows: readonly Row[],
  { group, stat, isCounted }: { group: string; stat: string; isCounted(device: string): boolean },
): number | undefined {
  const known = rows.flatMap(({ column: { info, derivation }, value }) => {
    const isIt =
      derivation === 'rate' && info?.groupSpec.group === group && info.stat === stat && isCounted(info.device);
    return isIt && value !== undefined ? [value] : [];
  });
  return known.length > 0 ? known.reduce((sum, value) => sum + value) : undefined;
}

function times(factor: number, value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * factor;
}
