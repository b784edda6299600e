import type { FieldInfo } from '@perfcollector/procfs';

/** One value of a metric, as Prometheus has it. */
export interface Series {
  /** The metric's name; counters end in `_total`. */
  readonly name: string;
  /** Those that are undefined are left out. */
  readonly labels: Readonly<Record<string, string | undefined>>;
  /** What the field's value is multiplied with. */
  readonly scale: number;
}

/** What has to be known of the host beside its samples. */
export interface ExposedHost {
  /** USER_HZ; where it is unknown, CPU time has no seconds. */
  readonly clockTicks: number | undefined;
  /** Bytes; where it is unknown, what is counted in pages has no bytes. */
  readonly pageSize?: number | undefined;
  /** The labels of node_uname_info, by which dashboards let people choose a host. */
  readonly uname?: Readonly<Record<string, string | undefined>>;
}

const KIB = 1024;
const SECTOR = 512;
const MS = 1e-3;
const US = 1e-6;
const NS = 1e-9;

/** A metric's name and scale for each statistic, and what its device is called there. */
interface Rule {
  readonly device?: string;
  readonly stats: Readonly<Record<string, readonly [name: string, scale?: number]>>;
}

/** node_exporter's names (version 1.5), where it has one for the same number: dashboards that know it work as they are. */
const RULES: Readonly<Record<string, Rule>> = {
  stat: {
    stats: {
      intr: ['node_intr_total'],
      ctxt: ['node_context_switches_total'],
      btime: ['node_boot_time_seconds'],
      processes: ['node_forks_total'],
      procs_running: ['node_procs_running'],
      procs_blocked: ['node_procs_blocked'],
    },
  },
  loadavg: { stats: { '1min': ['node_load1'], '5min': ['node_load5'], '15min': ['node_load15'] } },
  disk: {
    device: 'device',
    stats: {
      reads: ['node_disk_reads_completed_total'],
      reads_merged: ['node_disk_reads_merged_total'],
      read_sectors: ['node_disk_read_bytes_total', SECTOR],
      read_ms: ['node_disk_read_time_seconds_total', MS],
      writes: ['node_disk_writes_completed_total'],
      writes_merged: ['node_disk_writes_merged_total'],
      write_sectors: ['node_disk_written_bytes_total', SECTOR],
      write_ms: ['node_disk_write_time_seconds_total', MS],
      in_flight: ['node_disk_io_now'],
      io_ms: ['node_disk_io_time_seconds_total', MS],
      weighted_io_ms: ['node_disk_io_time_weighted_seconds_total', MS],
      discards: ['node_disk_discards_completed_total'],
      discards_merged: ['node_disk_discards_merged_total'],
      discard_sectors: ['node_disk_discarded_sectors_total'],
      discard_ms: ['node_disk_discard_time_seconds_total', MS],
      flushes: ['node_disk_flush_requests_total'],
      flush_ms: ['node_disk_flush_requests_time_seconds_total', MS],
    },
  },
  net: {
    device: 'device',
    stats: Object.fromEntries(
      [
        ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'].map((stat) => ['rx', stat]),
        ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'].map((stat) => ['tx', stat]),
      ].map(([way, stat]) => [
        `${way}_${stat}`,
        [`node_network_${way === 'rx' ? 'receive' : 'transmit'}_${stat}_total`] as const,
      ]),
    ),
  },
  fs: {
    device: 'mountpoint',
    stats: { files_total: ['node_filesystem_files'], files_free: ['node_filesystem_files_free'] },
  },
  pressure_cpu: { stats: { some_total_us: ['node_pressure_cpu_waiting_seconds_total', US] } },
  pressure_io: {
    stats: {
      some_total_us: ['node_pressure_io_waiting_seconds_total', US],
      full_total_us: ['node_pressure_io_stalled_seconds_total', US],
    },
  },
  pressure_memory: {
    stats: {
      some_total_us: ['node_pressure_memory_waiting_seconds_total', US],
      full_total_us: ['node_pressure_memory_stalled_seconds_total', US],
    },
  },
  pressure_irq: { stats: { full_total_us: ['node_pressure_irq_stalled_seconds_total', US] } },
  entropy: { stats: { avail: ['node_entropy_available_bits'], poolsize: ['node_entropy_pool_size_bits'] } },
  files: { stats: { allocated: ['node_filefd_allocated'], max: ['node_filefd_maximum'] } },
  schedstat: {
    device: 'cpu',
    stats: {
      running_ns: ['node_schedstat_running_seconds_total', NS],
      waiting_ns: ['node_schedstat_waiting_seconds_total', NS],
      timeslices: ['node_schedstat_timeslices_total'],
    },
  },
  softnet: {
    device: 'cpu',
    stats: {
      processed: ['node_softnet_processed_total'],
      dropped: ['node_softnet_dropped_total'],
      time_squeeze: ['node_softnet_times_squeezed_total'],
    },
  },
  conntrack: {
    stats: {
      count: ['node_nf_conntrack_entries'],
      max: ['node_nf_conntrack_entries_limit'],
      ...Object.fromEntries(
        ['found', 'invalid', 'insert_failed', 'drop', 'early_drop', 'search_restart'].map((stat) => [
          stat,
          [`node_nf_conntrack_stat_${stat}`] as const,
        ]),
      ),
    },
  },
};

/** What the kernel calls the protocols whose counters are named after it. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  ip: 'Ip',
  icmp: 'Icmp',
  tcp: 'Tcp',
  udp: 'Udp',
  udplite: 'UdpLite',
  ip6: 'Ip6',
  icmp6: 'Icmp6',
  udp6: 'Udp6',
  tcpext: 'TcpExt',
  ipext: 'IpExt',
  mptcpext: 'MPTcpExt',
};

/** What a field is called, with its labels; undefined where another series tells the same. */
export function seriesOf(info: FieldInfo, host: ExposedHost): Series | undefined {
  const { group, device: place } = info.groupSpec;
  if (group === 'cpu') return cpuSeries(info, host);
  if (group === 'mem') return memorySeries(info);
  if (group === 'vm') return { name: `node_vmstat_${legal(info.spec.kernel)}`, labels: {}, scale: 1 };
  const protocol = PROTOCOLS[group];
  if (protocol !== undefined) return netstatSeries(protocol, info);
  // `TCP: inuse`
  if (/^sockstat6?$/.test(group))
    return { name: `node_sockstat_${legal(info.spec.kernel.replace(': ', '_'))}`, labels: {}, scale: 1 };
  // Totals of what is there for each CPU would count it twice in a sum.
  const rule = RULES[place === 'between' && RULES[`${group}_${info.device}`] ? `${group}_${info.device}` : group];
  const known = rule?.stats[info.stat];
  if (!known || (rule.device === 'cpu' && place === 'none')) return ownSeries(info);
  const [name, scale = 1] = known;
  return { name, labels: rule.device ? { [rule.device]: info.device } : {}, scale };
}

function cpuSeries({ groupSpec, device, stat }: FieldInfo, { clockTicks }: ExposedHost): Series | undefined {
  if (groupSpec.device === 'none' || clockTicks === undefined) return undefined;
  const guest = /^guest(_nice)?$/.exec(stat);
  const name = guest ? 'node_cpu_guest_seconds_total' : 'node_cpu_seconds_total';
  return { name, labels: { cpu: device, mode: guest ? (guest[1] ? 'nice' : 'user') : stat }, scale: 1 / clockTicks };
}

function memorySeries({ spec }: FieldInfo): Series {
  // Active(anon) is Active_anon there.
  const name = legal(spec.kernel.replace(/\((.*)\)/, '_$1'));
  const isBytes = spec.unit === 'KiB';
  return { name: `node_memory_${name}${isBytes ? '_bytes' : ''}`, labels: {}, scale: isBytes ? KIB : 1 };
}

/** In the files of IPv6 the kernel's word begins with the protocol already. */
function netstatSeries(protocol: string, { spec: { kernel } }: FieldInfo): Series {
  const word = kernel.startsWith(protocol) ? kernel.slice(protocol.length) : kernel;
  return { name: `node_netstat_${protocol}_${legal(word)}`, labels: {}, scale: 1 };
}

/** A name of our own: the field's, with its device as a label. */
function ownSeries({ groupSpec, device, stat, spec }: FieldInfo): Series | undefined {
  if (spec.kind === 'label') return undefined;
  const parts = [groupSpec.group === 'pcc' ? '' : 'pcc_', groupSpec.group, stat === '' ? '' : `_${stat}`];
  const name = legal(parts.join(''));
  const labels = groupSpec.device === 'none' ? {} : { device };
  return { name: spec.kind === 'counter' ? `${name}_total` : name, labels, scale: 1 };
}

function legal(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_');
}
