/** What the tests of containers share: hosts made of plain files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openHost } from '../../reader.ts';
import type { HostReader } from '../../types.ts';

/** A directory of such files, by their paths on the host; it goes with the test. */
export function hostOf(files: Readonly<Record<string, string>>): HostReader {
  const root = mkdtempSync(join(tmpdir(), 'cgroups-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  addFiles(root, files);
  return openHost(root);
}

export function addFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Files of one directory. */
export function inside(directory: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${directory}/${name}`, text]));
}

export const V2_MOUNT = '35 24 0:29 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';

const pressure = (total: number) =>
  `some avg10=1.25 avg60=0.50 avg300=0.10 total=${total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${total - 1}\n`;

/** Every file of a group of version 2, as Linux 6.8 prints them. */
export const V2_FILES: Readonly<Record<string, string>> = {
  'cgroup.procs': '1234\n',
  'cpu.stat': `usage_usec 2923730
user_usec 2477237
system_usec 446493
core_sched.force_idle_usec 0
nr_periods 83
nr_throttled 52
throttled_usec 2326325
nr_bursts 0
burst_usec 0
`,
  'cpu.max': '50000 100000\n',
  'memory.current': '58802176\n',
  'memory.max': '536870912\n',
  'memory.stat': `anon 110592
file 57663488
kernel 1028096
kernel_stack 16384
pagetables 49152
sock 0
shmem 0
slab_reclaimable 775240
slab_unreclaimable 164536
slab 939776
workingset_refault_anon 0
`,
  'memory.events': 'low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 0\n',
  'memory.swap.current': '4096\n',
  'io.stat': `253:0 rbytes=50896896 wbytes=11239424 rios=95 wios=15 dbytes=0 dios=0
8:16 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0
`,
  'pids.current': '1\n',
  'pids.max': '4580\n',
  'cpu.pressure': pressure(1000),
  'memory.pressure': pressure(2000),
  'io.pressure': pressure(3000),
};

/** What those files say. */
export const V2_FIELDS = {
  cpu_usage_us: 2923730,
  cpu_user_us: 2477237,
  cpu_system_us: 446493,
  cpu_periods: 83,
  cpu_throttled: 52,
  cpu_throttled_us: 2326325,
  cpu_quota_us: 50000,
  cpu_period_us: 100000,
  memory_current: 58802176,
  memory_max: 536870912,
  memory_anon: 110592,
  memory_file: 57663488,
  memory_kernel: 1028096,
  memory_slab: 939776,
  memory_events_low: 0,
  memory_events_high: 1,
  memory_events_max: 2,
  memory_events_oom: 3,
  memory_events_oom_kill: 4,
  memory_swap_current: 4096,
  io_read_bytes: 50900992,
  io_write_bytes: 11239424,
  io_read_ops: 96,
  io_write_ops: 15,
  pids_current: 1,
  pids_max: 4580,
  cpu_pressure_some_avg10: 1.25,
  cpu_pressure_some_total_us: 1000,
  cpu_pressure_full_avg10: 0,
  cpu_pressure_full_total_us: 999,
  memory_pressure_some_avg10: 1.25,
  memory_pressure_some_total_us: 2000,
  memory_pressure_full_avg10: 0,
  memory_pressure_full_total_us: 1999,
  io_pressure_some_avg10: 1.25,
  io_pressure_some_total_us: 3000,
  io_pressure_full_avg10: 0,
  io_pressure_full_total_us: 2999,
};

export function named(
  prefix: string,
  stats: Readonly<Record<string, number | string>>,
): Record<string, number | string> {
  return Object.fromEntries(Object.entries(stats).map(([stat, value]) => [`${prefix}_${stat}`, value]));
}
