import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname, machine, release } from 'node:os';
import { hostRoot } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { sourceOf } from './catalogue.ts';
import { readHostFacts } from './host/host-facts.ts';
import { openHost } from './reader.ts';
import type { Fields, FieldValue } from './types.ts';

/** The same files read by awk: each program prints `<field> <value>` lines. Column names are the kernel documents'. */
const programs: Record<string, string> = {
  '/proc/stat': `
    BEGIN { split("user nice system idle iowait irq softirq steal guest guest_nice", n, " ") }
    /^cpu/ { for (i = 2; i <= NF && i <= 11; i++) print $1 "_" n[i - 1], $i }
    /^(intr|ctxt|btime|processes|procs_running|procs_blocked|softirq) / { print "stat_" $1, $2 }
    BEGIN { split("hi timer net_tx net_rx block irq_poll tasklet sched hrtimer rcu", s, " ") }
    /^softirq/ { for (i = 3; i <= NF && i <= 12; i++) print "stat_softirq_" s[i - 2], $i }`,
  '/proc/diskstats': `
    BEGIN { split("reads reads_merged read_sectors read_ms writes writes_merged write_sectors write_ms in_flight io_ms " \\
      "weighted_io_ms discards discards_merged discard_sectors discard_ms flushes flush_ms", n, " ") }
    { for (i = 4; i <= NF && i <= 20; i++) print "disk_" $3 "_" n[i - 3], $i }`,
  '/proc/net/dev': `
    BEGIN { split("rx_bytes rx_packets rx_errs rx_drop rx_fifo rx_frame rx_compressed rx_multicast " \\
      "tx_bytes tx_packets tx_errs tx_drop tx_fifo tx_colls tx_carrier tx_compressed", n, " ") }
    NR > 2 { match($0, /:[^:]*$/); name = substr($0, 1, RSTART - 1); gsub(/ /, "", name)
      k = split(substr($0, RSTART + 1), v, " "); for (i = 1; i <= k && i <= 16; i++) print "net_" name "_" n[i], v[i] }`,
  '/proc/meminfo': `
    BEGIN { FS = "[: ]+"; split("MemTotal total MemFree free MemAvailable available Buffers buffers Cached cached " \\
      "SwapCached swap_cached SwapTotal swap_total SwapFree swap_free Active(anon) active_anon Dirty dirty Slab slab " \\
      "SReclaimable sreclaimable Shmem shmem AnonPages anon_pages Mapped mapped Committed_AS committed_as " \\
      "HugePages_Total hugepages_total HugePages_Free hugepages_free Hugepagesize hugepage_size", w, " ")
      for (i = 1; i in w; i += 2) stat[w[i]] = w[i + 1] }
    $1 in stat { print "mem_" stat[$1], $2 }`,
  '/proc/vmstat': `
    BEGIN { stat["pgfault"] = "pagefault"; stat["pgmajfault"] = "majorfault"; stat["pswpin"] = "swapin"
      stat["pswpout"] = "swapout" }
    { print "vm_" ($1 in stat ? stat[$1] : $1), $2 }`,
  '/proc/loadavg': `
    { print "loadavg_1min", $1; print "loadavg_5min", $2; print "loadavg_15min", $3; split($4, tasks, "/")
      print "processes_running", tasks[1]; print "processes_total", tasks[2]; print "processes_last_pid", $5 }`,
  '/proc/net/sockstat': `
    { word = tolower($1); sub(":", "", word); for (i = 2; i < NF; i += 2) print "sockstat_" word "_" $i, $(i + 1) }`,
  '/proc/buddyinfo': `
    { sub(",", "", $2); for (i = 5; i <= NF; i++) print "buddy_" $2 "_" $4 "_order" (i - 5), $i }`,
  '/proc/pressure/memory': `
    { for (i = 2; i <= NF; i++) { split($i, v, "="); sub("total", "total_us", v[1]); print "pressure_memory_" $1 "_" v[1], v[2] } }`,
  '/proc/sys/fs/file-nr': '{ print "files_allocated", $1; print "files_max", $3 }',
  '/proc/uptime': '{ print "uptime", $1; print "uptime_idle", $2 }',
};

const HOSTS = hostRoot('');
const roots = ['/', ...readdirSync(HOSTS).map((name) => `${HOSTS}${name}/`)];

describe.each(roots)('awk and the parsers agree on the host %s', (root) => {
  const paths = Object.keys(programs).filter((path) => existsSync(root + path));

  test.each(paths)('in %s', (path) => {
    const text = readFileSync(root + path, 'utf8');
    const fields = sourceOf(path)?.parse(text, path) ?? {};
    const want = awk(programs[path] ?? '', text);
    expect(path === '/proc/meminfo' ? only(fields, Object.keys(want)) : fields).toStrictEqual(want);
  });
});

describe('the facts of this host', () => {
  const facts = readHostFacts(openHost());

  test('are what the system calls say', () => {
    expect(facts).toMatchObject({ hostname: hostname(), kernel: release(), arch: machine() });
  });

  test('are what getconf says', () => {
    expect(facts).toMatchObject({ clock_ticks: getconf('CLK_TCK'), page_size: getconf('PAGESIZE') });
  });

  test('are what awk says', () => {
    const btime = run('awk', ['$1 == "btime" { print $2 }', '/proc/stat']);
    expect(facts.boot_time).toBe(Number(btime));
  });

  test('count the CPUs', () => {
    expect(facts.cpus).toBe(cpusOnLine());
    expect(facts.cpus).toBeGreaterThanOrEqual(availableParallelism());
  });
});

function awk(program: string, input: string): Fields {
  const lines = run('awk', [program], input).trimEnd().split('\n');
  return Object.fromEntries(lines.filter((line) => line !== '').map(pairOf));
}

function pairOf(line: string): [string, FieldValue] {
  const [name = '', value = ''] = line.split(' ');
  // 2^53-1 has 16 digits; one digit string of that length is not above another unless it sorts after it.
  const isExact = value.length < 16 || (value.length === 16 && value <= '9007199254740991');
  return [name, isExact ? Number.parseFloat(value) : value];
}

function only(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function getconf(name: string): number {
  return Number(run('getconf', [name]));
}

/** Counts the CPUs of `0-3,8,10-11`. */
function cpusOnLine(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim().split(',');
  return ranges
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

function run(command: string, args: readonly string[], input = ''): string {
  return execFileSync(command, args, { input, encoding: 'utf8' });
}
