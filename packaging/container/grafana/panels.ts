/** What the dashboard shows, panel by panel. */
import * as ask from './queries.ts';

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** What a reader has to know to read it right. */
  readonly about: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Of 24 columns; half of them where it is not given. */
  readonly width?: number;
  readonly isStacked?: true;
  /** The scale begins at 0 and ends here; else it begins at 0 unless a line goes below. */
  readonly most?: number;
  /** The values of now as a list instead of lines over time. */
  readonly isNow?: true;
}

interface Line {
  readonly query: string;
  readonly legend: string;
  /** Drawn downwards, so that two directions do not cross. */
  readonly isDown?: true;
}

const KIB = 1024;
/** The kernel's sectors are of 512 bytes, whatever the disk's are. */
const SECTOR = 512;
/** A thousand ms a second are 100 %. */
const MS_TO_PERCENT = 0.1;
const US_TO_PERCENT = 1e-4;

const fleet: readonly Panel[] = [
  {
    title: 'CPUs busy',
    about: 'Neither idle nor waiting for I/O, of all CPUs of a machine.',
    unit: 'percent',
    width: 9,
    most: 100,
    lines: [{ query: ask.cpuBusyOfEach(), legend: '{{machine}}' }],
  },
  {
    title: 'Memory used',
    about: 'What is not available to programs.',
    unit: 'percent',
    width: 9,
    most: 100,
    lines: [{ query: ask.usedOfEach('mem_total', 'mem_available'), legend: '{{machine}}' }],
  },
  {
    title: 'Last sample',
    about: 'How long ago each machine was sampled last, in the time that is shown.',
    unit: 's',
    width: 6,
    isNow: true,
    lines: [{ query: ask.ageOfEach(), legend: '{{machine}}' }],
  },
];

const machine: readonly Panel[] = [
  {
    title: 'CPU',
    about: 'Shares of the time of all CPUs; the eight sum to 100. Guests are inside user and nice.',
    unit: 'percent',
    isStacked: true,
    most: 100,
    lines: [{ query: ask.cpuShares(), legend: '{{mode}}' }],
  },
  {
    title: 'Load',
    about: 'Tasks that run, want to run, or wait uninterruptibly (mostly for disks), damped.',
    unit: 'short',
    lines: [
      { query: ask.gauge('loadavg_1min'), legend: '1 minute' },
      { query: ask.gauge('loadavg_5min'), legend: '5 minutes' },
      { query: ask.gauge('loadavg_15min'), legend: '15 minutes' },
      { query: ask.gauge('stat_procs_running'), legend: 'running now' },
      { query: ask.gauge('stat_procs_blocked'), legend: 'blocked now' },
    ],
  },
  {
    title: 'Memory',
    about: 'Available is what programs could still get: free, and what the kernel would give back.',
    unit: 'bytes',
    lines: [
      { query: ask.gauge('mem_total', KIB), legend: 'total' },
      { query: ask.gauge('mem_available', KIB), legend: 'available' },
      { query: ask.gauge('mem_free', KIB), legend: 'free' },
      { query: ask.gauge('mem_cached', KIB), legend: 'cached' },
      { query: ask.gauge('mem_anon_pages', KIB), legend: 'anonymous' },
      { query: ask.gauge('mem_slab', KIB), legend: 'slab' },
      { query: ask.gauge('mem_dirty', KIB), legend: 'dirty' },
    ],
  },
  {
    title: 'Paging',
    about: 'Faults that had to read from a disk, and pages to and from swap.',
    unit: 'ops',
    lines: [
      { query: ask.rate('vm_majorfault'), legend: 'major faults' },
      { query: ask.rate('vm_swapin'), legend: 'pages swapped in' },
      { query: ask.rate('vm_swapout'), legend: 'pages swapped out', isDown: true },
    ],
  },
  {
    title: 'Pressure',
    about:
      'Share of the time in which some tasks, or all that had work (full), stalled for want of it. Linux 4.20 and newer.',
    unit: 'percent',
    lines: [
      { query: ask.rateOf('pressure', 'some_total_us', US_TO_PERCENT), legend: '{{device}}' },
      { query: ask.rateOf('pressure', 'full_total_us', US_TO_PERCENT), legend: '{{device}} full' },
    ],
  },
  {
    title: 'Kernel',
    about: 'Context switches, interrupts and new processes.',
    unit: 'ops',
    lines: [
      { query: ask.rate('stat_ctxt'), legend: 'context switches' },
      { query: ask.rate('stat_intr'), legend: 'interrupts' },
      { query: ask.rate('stat_processes'), legend: 'forks' },
    ],
  },
];

const disks: readonly Panel[] = [
  {
    title: 'Disk throughput',
    about: 'Reads upwards, writes downwards. What dm and md move is counted again on the disks below them.',
    unit: 'Bps',
    lines: [
      { query: ask.rateOf('disk', 'read_sectors', SECTOR), legend: '{{device}} read' },
      { query: ask.rateOf('disk', 'write_sectors', SECTOR), legend: '{{device}} write', isDown: true },
    ],
  },
  {
    title: 'Disk requests',
    about: 'Requests that were completed: reads upwards, writes downwards.',
    unit: 'iops',
    lines: [
      { query: ask.rateOf('disk', 'reads'), legend: '{{device}} read' },
      { query: ask.rateOf('disk', 'writes'), legend: '{{device}} write', isDown: true },
    ],
  },
  {
    title: 'Disk wait',
    about: 'Mean time of a request, its wait in the queue included. No line where there was no request.',
    unit: 'ms',
    lines: [
      { query: ask.meanOf('disk', { total: 'read_ms', count: 'reads' }), legend: '{{device}} read' },
      { query: ask.meanOf('disk', { total: 'write_ms', count: 'writes' }), legend: '{{device}} write' },
    ],
  },
  {
    title: 'Disk utilisation',
    about: 'Share of the time with at least one request. A disk that works on many at once may do more at 100 %.',
    unit: 'percent',
    most: 100,
    lines: [{ query: ask.rateOf('disk', 'io_ms', MS_TO_PERCENT), legend: '{{device}}' }],
  },
  {
    title: 'File systems',
    about: 'Used, of what users may use.',
    unit: 'percent',
    most: 100,
    lines: [{ query: ask.fsUsed(), legend: '{{device}}' }],
  },
  {
    title: 'Inodes',
    about: 'Used, of those that there are; no line where a file system has no fixed number of them.',
    unit: 'percent',
    most: 100,
    lines: [{ query: ask.inodesUsed(), legend: '{{device}}' }],
  },
];

const network: readonly Panel[] = [
  {
    title: 'Network throughput',
    about: 'Received upwards, sent downwards.',
    unit: 'Bps',
    lines: [
      { query: ask.rateOf('net', 'rx_bytes'), legend: '{{device}} received' },
      { query: ask.rateOf('net', 'tx_bytes'), legend: '{{device}} sent', isDown: true },
    ],
  },
  {
    title: 'Packets that failed',
    about: 'Errors and drops, received upwards, sent downwards.',
    unit: 'pps',
    lines: [
      { query: ask.rateOf('net', 'rx_errs'), legend: '{{device}} received errors' },
      { query: ask.rateOf('net', 'rx_drop'), legend: '{{device}} received drops' },
      { query: ask.rateOf('net', 'tx_errs'), legend: '{{device}} sent errors', isDown: true },
      { query: ask.rateOf('net', 'tx_drop'), legend: '{{device}} sent drops', isDown: true },
    ],
  },
];

const agent: readonly Panel[] = [
  {
    title: 'What pcc takes',
    about: 'CPU time of the agent, in percent of one CPU.',
    unit: 'percent',
    lines: [{ query: ask.rate('pcc_cpu_us', US_TO_PERCENT), legend: 'CPU' }],
  },
  {
    title: 'What pcc could not do',
    about: 'Samples that wait for the server, and ticks and samples of a run that were lost.',
    unit: 'short',
    lines: [
      { query: ask.gauge('pcc_waiting_samples'), legend: 'waiting' },
      { query: ask.gauge('pcc_missed_ticks'), legend: 'missed ticks' },
      { query: ask.gauge('pcc_dropped_samples'), legend: 'dropped' },
    ],
  },
];

export const rows: readonly Row[] = [
  { title: 'Machines of $tenant', panels: fleet },
  { title: '$machine', panels: machine },
  { title: 'Disks of $machine', panels: disks },
  { title: 'Network of $machine', panels: network },
  { title: 'The agent on $machine', panels: agent },
];
