/** The fields of a generated machine: 300 of those that pcc gives on a virtual machine with two processors. */
import { describeField } from '../../../packages/procfs/src/index.ts';

export interface FleetField {
  readonly name: string;
  readonly isCounter: boolean;
  /** How many decimals its values have. */
  readonly decimals: number;
}

const CPU = 'user nice system idle iowait irq softirq steal guest guest_nice';
const DISK = `reads reads_merged read_sectors read_ms writes writes_merged write_sectors write_ms in_flight io_ms
  weighted_io_ms discards discards_merged discard_sectors discard_ms flushes flush_ms`;
const NET = `rx_bytes rx_packets rx_errs rx_drop rx_fifo rx_frame rx_compressed rx_multicast tx_bytes tx_packets tx_errs
  tx_drop tx_fifo tx_colls tx_carrier tx_compressed`;
const PRESSURE = `some_avg10 some_avg60 some_avg300 some_total_us full_avg10 full_avg60 full_avg300 full_total_us`;
const FILE_SYSTEM = 'block_size blocks_total blocks_free blocks_available files_total files_free';

const GROUPS: readonly (readonly [prefix: string, stats: string])[] = [
  ['cpu', CPU],
  ['cpu0', CPU],
  ['cpu1', CPU],
  ['stat', 'intr ctxt btime processes procs_running procs_blocked softirq softirq_hi softirq_timer softirq_net_tx'],
  ['stat', 'softirq_net_rx softirq_block softirq_irq_poll softirq_tasklet softirq_sched softirq_hrtimer softirq_rcu'],
  ['mem', 'total free available buffers cached swap_cached active inactive active_anon inactive_anon active_file'],
  [
    'mem',
    'inactive_file unevictable mlocked swap_total swap_free dirty writeback anon_pages mapped shmem kreclaimable',
  ],
  ['mem', 'slab sreclaimable sunreclaim kernel_stack page_tables commit_limit committed_as vmalloc_total vmalloc_used'],
  ['mem', 'percpu anon_hugepages hugepages_total hugepages_free hugepage_size directmap_4k directmap_2m directmap_1g'],
  ['loadavg', '1min 5min 15min'],
  ['processes', 'running total last_pid'],
  ['pressure_cpu', PRESSURE],
  ['pressure_memory', PRESSURE],
  ['pressure_io', PRESSURE],
  ['disk_vda', DISK],
  ['disk_vdb', DISK],
  ['net_lo', NET],
  ['net_eth0', NET],
  ['fs_/', FILE_SYSTEM],
  ['fs_/var', FILE_SYSTEM],
  ['tcp', 'active_opens passive_opens attempt_fails estab_resets curr_estab in_segs out_segs retrans_segs in_errs'],
  ['udp', 'in_datagrams no_ports in_errors out_datagrams rcvbuf_errors sndbuf_errors in_csum_errors'],
  ['sockstat', 'sockets_used tcp_inuse tcp_orphan tcp_tw tcp_alloc tcp_mem udp_inuse udp_mem raw_inuse frag_inuse'],
  ['softnet0', 'processed dropped time_squeeze received_rps flow_limit'],
  ['softnet1', 'processed dropped time_squeeze received_rps flow_limit'],
  ['files', 'allocated max'],
  ['vm', 'nr_free_pages nr_zone_inactive_anon nr_zone_active_anon nr_zone_inactive_file nr_zone_active_file nr_mlock'],
  ['vm', 'numa_hit numa_miss numa_local numa_other nr_dirty nr_writeback nr_dirtied nr_written nr_dirty_threshold'],
  ['vm', 'pgpgin pgpgout swapin swapout pgalloc_dma pgalloc_normal pgalloc_movable pgfree pgactivate pgdeactivate'],
  [
    'vm',
    'pagefault majorfault pgrefill pgreuse pgsteal_kswapd pgsteal_direct pgscan_kswapd pgscan_direct slabs_scanned',
  ],
  ['vm', 'compact_stall compact_fail compact_success thp_fault_alloc thp_split_page oom_kill drop_pagecache pgrotated'],
  [
    'tcpext',
    'tw tw_recycled paws_active delayed_acks delayed_ack_locked delayed_ack_lost listen_overflows listen_drops',
  ],
  ['tcpext', 'tcp_hp_hits tcp_pure_acks tcp_sack_recovery tcp_loss_probes tcp_timeouts tcp_keep_alive tcp_delivered'],
  ['tcpext', 'tcp_orig_data_sent'],
  [
    'ipext',
    'in_octets out_octets in_no_routes in_mcast_pkts out_mcast_pkts in_bcast_pkts out_bcast_pkts in_csum_errors',
  ],
  ['ipext', 'in_no_ect_pkts in_ce_pkts'],
];

export function fleetFields(): FleetField[] {
  const names = GROUPS.flatMap(([prefix, stats]) => stats.split(/\s+/).map((stat) => `${prefix}_${stat}`));
  return names.map((name) => {
    const isCounter = describeField(name)?.spec.kind === 'counter';
    return { name, isCounter, decimals: /^loadavg|_avg\d+$/.test(name) ? 2 : 0 };
  });
}
