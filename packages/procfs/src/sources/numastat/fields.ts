import type { FieldSpec } from '../../types.ts';

/** The lines of numastat, in pages. */
export const allocationFields: readonly FieldSpec[] = [
  { stat: 'hit', kernel: 'numa_hit', unit: 'pages', kind: 'counter', about: 'Pages allocated here as wanted.' },
  { stat: 'miss', kernel: 'numa_miss', unit: 'pages', kind: 'counter', about: 'Pages allocated here that were wanted on another node.' },
  { stat: 'foreign', kernel: 'numa_foreign', unit: 'pages', kind: 'counter', about: 'Pages wanted here and allocated on another node.' },
  { stat: 'interleave_hit', kernel: 'interleave_hit', unit: 'pages', kind: 'counter', about: 'Pages allocated here as an interleaving policy wanted.' },
  { stat: 'local_node', kernel: 'local_node', unit: 'pages', kind: 'counter', about: 'Pages allocated here for a task that ran here.' },
  { stat: 'other_node', kernel: 'other_node', unit: 'pages', kind: 'counter', about: 'Pages allocated here for a task that ran on another node.' },
];

/** The lines of a node's meminfo that say how its memory is used. */
export const nodeMemoryFields: readonly FieldSpec[] = [
  { stat: 'mem_total', kernel: 'MemTotal', unit: 'KiB', kind: 'gauge', about: "The node's usable memory." },
  { stat: 'mem_free', kernel: 'MemFree', unit: 'KiB', kind: 'gauge', about: 'Memory that nothing uses.' },
  { stat: 'mem_used', kernel: 'MemUsed', unit: 'KiB', kind: 'gauge', about: 'MemTotal less MemFree, page cache included.' },
  { stat: 'mem_active', kernel: 'Active', unit: 'KiB', kind: 'gauge', about: 'Memory used recently.' },
  { stat: 'mem_inactive', kernel: 'Inactive', unit: 'KiB', kind: 'gauge', about: 'Memory not used recently.' },
  { stat: 'mem_active_anon', kernel: 'Active(anon)', unit: 'KiB', kind: 'gauge', about: 'Anonymous and shared memory used recently.' },
  { stat: 'mem_inactive_anon', kernel: 'Inactive(anon)', unit: 'KiB', kind: 'gauge', about: 'Anonymous and shared memory not used recently.' },
  { stat: 'mem_active_file', kernel: 'Active(file)', unit: 'KiB', kind: 'gauge', about: 'Page cache used recently.' },
  { stat: 'mem_inactive_file', kernel: 'Inactive(file)', unit: 'KiB', kind: 'gauge', about: 'Page cache not used recently.' },
  { stat: 'mem_unevictable', kernel: 'Unevictable', unit: 'KiB', kind: 'gauge', about: 'Memory that reclaim cannot take.' },
  { stat: 'mem_dirty', kernel: 'Dirty', unit: 'KiB', kind: 'gauge', about: 'Changed file data that waits to be written.' },
  { stat: 'mem_writeback', kernel: 'Writeback', unit: 'KiB', kind: 'gauge', about: 'File data being written at this moment.' },
  { stat: 'mem_file_pages', kernel: 'FilePages', unit: 'KiB', kind: 'gauge', about: 'Page cache, tmpfs and shared memory included.' },
  { stat: 'mem_mapped', kernel: 'Mapped', unit: 'KiB', kind: 'gauge', about: 'File and shared memory mapped into processes.' },
  { stat: 'mem_anon_pages', kernel: 'AnonPages', unit: 'KiB', kind: 'gauge', about: 'Anonymous memory mapped into processes.' },
  { stat: 'mem_shmem', kernel: 'Shmem', unit: 'KiB', kind: 'gauge', about: 'Shared memory and tmpfs.' },
  { stat: 'mem_kernel_stack', kernel: 'KernelStack', unit: 'KiB', kind: 'gauge', about: 'Kernel stacks.' },
  { stat: 'mem_page_tables', kernel: 'PageTables', unit: 'KiB', kind: 'gauge', about: 'Page tables of processes.' },
  { stat: 'mem_slab', kernel: 'Slab', unit: 'KiB', kind: 'gauge', about: 'Kernel object caches.' },
  { stat: 'mem_sreclaimable', kernel: 'SReclaimable', unit: 'KiB', kind: 'gauge', about: 'Slab caches that can be reclaimed.' },
  { stat: 'mem_sunreclaim', kernel: 'SUnreclaim', unit: 'KiB', kind: 'gauge', about: 'Slab caches that cannot be reclaimed.' },
  { stat: 'mem_anon_hugepages', kernel: 'AnonHugePages', unit: 'KiB', kind: 'gauge', about: 'Anonymous memory in transparent huge pages.' },
  { stat: 'mem_hugepages_total', kernel: 'HugePages_Total', unit: 'pages', kind: 'gauge', about: 'Huge pages of the default size in the pool.' },
  { stat: 'mem_hugepages_free', kernel: 'HugePages_Free', unit: 'pages', kind: 'gauge', about: 'Huge pages of the pool that are not allocated.' },
  { stat: 'mem_hugepages_surp', kernel: 'HugePages_Surp', unit: 'pages', kind: 'gauge', about: 'Huge pages of the pool above what was asked for.' },
];
