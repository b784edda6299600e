/** A machine whose numbers are known, so that what a panel makes of them can be told beforehand. */
import { randomUUID } from 'node:crypto';

/** What a counter grows by in a second, or what a gauge is, and what it grows by: `[0, 50]`, `[12]`. */
const FIELDS: Readonly<Record<string, readonly [start: number, perSecond?: number]>> = {
  cpu_user: [1000, 50],
  cpu_nice: [0],
  cpu_system: [500, 10],
  cpu_idle: [9000, 30],
  cpu_iowait: [70, 10],
  cpu_irq: [0],
  cpu_softirq: [0],
  cpu_steal: [0],
  cpu_guest: [400, 20],
  cpu_guest_nice: [0],
  cpu0_user: [1000, 50],
  loadavg_1min: [1.5],
  loadavg_5min: [1.25],
  loadavg_15min: [1],
  stat_procs_running: [3],
  stat_procs_blocked: [2],
  stat_ctxt: [100, 700],
  stat_intr: [100, 300],
  stat_processes: [100, 4],
  mem_total: [8000],
  mem_available: [6000],
  mem_free: [2000],
  mem_cached: [3000],
  mem_anon_pages: [1500],
  mem_slab: [200],
  mem_dirty: [10],
  vm_majorfault: [5, 6],
  vm_swapin: [0, 1],
  vm_swapout: [0, 2],
  pressure_io_some_total_us: [0, 250_000],
  pressure_io_full_total_us: [0, 100_000],
  'disk_vg0-root_reads': [1, 10],
  'disk_vg0-root_read_ms': [9, 40],
  'disk_vg0-root_read_sectors': [0, 100],
  'disk_vg0-root_writes': [1, 20],
  'disk_vg0-root_write_ms': [9, 160],
  'disk_vg0-root_write_sectors': [0, 400],
  'disk_vg0-root_io_ms': [0, 300],
  net_eth0_rx_bytes: [0, 5000],
  net_eth0_tx_bytes: [0, 3000],
  net_eth0_rx_errs: [0, 1],
  net_eth0_rx_drop: [0, 2],
  net_eth0_tx_errs: [0, 3],
  net_eth0_tx_drop: [0, 4],
  'fs_/srv/a_b_blocks_total': [1000],
  'fs_/srv/a_b_blocks_free': [400],
  'fs_/srv/a_b_blocks_available': [300],
  'fs_/srv/a_b_files_total': [500],
  'fs_/srv/a_b_files_free': [400],
  pcc_cpu_us: [0, 20_000],
  pcc_waiting_samples: [7],
  pcc_missed_ticks: [1],
  pcc_dropped_samples: [0],
};

/** What panels show of it: for each title, the value by legend. Sums of shares take rounding. */
export const KNOWN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'CPUs busy': { known01: 60 },
  'Memory used': { known01: 25 },
  'Last sample': { known01: 0 },
  CPU: { user: 50, nice: 0, system: 10, idle: 30, iowait: 10, irq: 0, softirq: 0, steal: 0 },
  Load: { '1 minute': 1.5, '5 minutes': 1.25, '15 minutes': 1, 'running now': 3, 'blocked now': 2 },
  Memory: {
    total: 8000 * 1024,
    available: 6000 * 1024,
    free: 2000 * 1024,
    cached: 3000 * 1024,
    anonymous: 1500 * 1024,
    slab: 200 * 1024,
    dirty: 10 * 1024,
  },
  Paging: { 'major faults': 6, 'pages swapped in': 1, 'pages swapped out': 2 },
  Pressure: { io: 25, 'io full': 10 },
  Kernel: { 'context switches': 700, interrupts: 300, forks: 4 },
  'Disk throughput': { 'vg0-root read': 51_200, 'vg0-root write': 204_800 },
  'Disk requests': { 'vg0-root read': 10, 'vg0-root write': 20 },
  'Disk wait': { 'vg0-root read': 4, 'vg0-root write': 8 },
  'Disk utilisation': { 'vg0-root': 30 },
  'File systems': { '/srv/a_b': (100 * 600) / 900 },
  Inodes: { '/srv/a_b': 20 },
  'Network throughput': { 'eth0 received': 5000, 'eth0 sent': 3000 },
  'Packets that failed': {
    'eth0 received errors': 1,
    'eth0 received drops': 2,
    'eth0 sent errors': 3,
    'eth0 sent drops': 4,
  },
  'What pcc takes': { CPU: 2 },
  'What pcc could not do': { waiting: 7, 'missed ticks': 1, dropped: 0 },
};

/** The samples of a minute until then, a sample a second; the agent was started anew in its middle. */
export function knownSamples(end: number): object[] {
  const runs = [randomUUID(), randomUUID()] as const;
  return Array.from({ length: 60 }, (_, at) => {
    const fields = Object.entries(FIELDS).map(([name, [start, perSecond = 0]]) => [name, start + at * perSecond]);
    const [run, seq] = at < 30 ? [runs[0], at + 1] : [runs[1], at - 29];
    return { timestamp: end - 59 + at, run, seq, fields: Object.fromEntries(fields) };
  });
}
