import { readdirSync, readFileSync } from 'node:fs';
import { hostRoot } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { SourceError } from './errors.ts';
import { readMachineId } from './host/machine-id.ts';
import { openHost } from './reader.ts';
import { FieldCollector } from './scan/field-sink.ts';
import { sources } from './sources/index.ts';
import { allSettings, isParsed, sampleOf } from './test-sampling.ts';
import type { Fields, Source } from './types.ts';

const HOSTS = hostRoot('');

/** What a person reads off the files of a capture. */
interface Expected {
  readonly machineId: string;
  readonly fields: Fields;
  readonly absent: readonly string[];
}

const expected: Record<string, Expected> = {
  'centos7-3.10-x86_64': {
    machineId: 'c7000000000040008000000000000001',
    fields: {
      cpu_user: 51123625,
      cpu_softirq: 684628,
      cpu_guest_nice: 0,
      cpu0_iowait: 512337,
      cpu3_idle: 155249813,
      stat_intr: 1828550100,
      stat_ctxt: 6218440193,
      stat_procs_blocked: 1,
      mem_total: 16266544,
      mem_free: 1247896,
      mem_buffers: 2108,
      mem_active_file: 5402908,
      mem_directmap_1g: 12582912,
      disk_sda_reads: 1838121,
      disk_sda_weighted_io_ms: 67592814,
      disk_sda3_writes_merged: 911204,
      'disk_dm-0_write_sectors': 384047056,
      net_eth0_rx_bytes: 48210337712,
      net_eth0_rx_multicast: 20418,
      'net_eth0:1_rx_bytes': 48213,
      'net_eth0:1_tx_packets': 388,
      net_eth1_rx_errs: 2,
      net_eth1_rx_frame: 2,
      net_eth1_tx_drop: 1,
      loadavg_1min: 1.24,
      loadavg_15min: 0.83,
      processes_running: 2,
      processes_total: 412,
      processes_last_pid: 28817,
      uptime: 1728043.57,
      uptime_idle: 6196308.87,
      vm_pagefault: 14822019342,
      vm_majorfault: 21874,
      vm_swapin: 16456,
      vm_swapout: 19360,
      vm_allocstall: 611,
    },
    absent: ['mem_available', 'mem_percpu', 'cpu4_user', 'disk_sda_discards', 'disk_sda_flushes', 'vm_oom_kill'],
  },
  'rocky8-4.18-x86_64': {
    machineId: '80000000000040008000000000000002',
    fields: {
      cpu_idle: 2217341888,
      cpu_guest: 3328236,
      cpu7_irq: 296623,
      mem_total: 32605816,
      mem_available: 23087624,
      disk_nvme0n1_reads: 9125598,
      disk_nvme0n1p3_discard_ms: 66204,
      disk_nvme2n1_read_ms: 3188458,
      disk_md127_io_ms: 0,
      disk_md127_discards: 2204,
      'net_eno1.100_rx_bytes': 41204418204,
      net_eno1_rx_drop: 20441,
      net_eno2_tx_bytes: 0,
      loadavg_5min: 2.77,
      processes_running: 5,
      uptime_idle: 22173418.88,
      vm_workingset_refault: 9120448,
    },
    absent: ['cpu8_user', 'disk_nvme0n1_flushes', 'mem_zswap', 'vm_workingset_refault_file'],
  },
  'debian12-6.1-aarch64': {
    machineId: '12000000000040008000000000000004',
    fields: {
      cpu_user: 3235023,
      cpu2_system: 404418,
      mem_cma_free: 41204,
      mem_vmalloc_total: 133143592960,
      disk_mmcblk0_reads: 122353,
      disk_mmcblk0_in_flight: 2,
      disk_mmcblk0_flush_ms: 120448,
      disk_mmcblk0p2_flushes: 0,
      net_wlan0_rx_drop: 412,
      vm_cma_alloc_success: 412,
    },
    absent: ['mem_directmap_4k', 'mem_directmap_1g', 'disk_sda_reads'],
  },
  'ubuntu24.04-6.8-x86_64': {
    machineId: '24040000000040008000000000000003',
    fields: {
      cpu_steal: 72714,
      cpu1_nice: 21033,
      stat_processes: 1820447,
      stat_softirq: 242892577,
      mem_swap_total: 0,
      mem_unaccepted: 0,
      disk_sda_reads: 814419,
      disk_sda_reads_merged: 204626,
      disk_sda_flush_ms: 88120,
      disk_sda16_writes: 318,
      disk_loop3_read_sectors: 118204,
      'net_br-3f1c9a7b2d44_tx_drop': 4,
      net_docker0_tx_bytes: 912044817,
      vm_oom_kill: 1,
    },
    absent: ['mem_balloon', 'disk_sda2_reads'],
  },
  'alpine3.19-6.6-x86_64': {
    machineId: '31900000000040008000000000000005',
    fields: {
      cpu_softirq: 518406191,
      cpu0_steal: 8120448,
      stat_ctxt: 41204418733,
      disk_vda_flushes: 812044,
      disk_sr0_reads: 0,
      net_eth0_rx_bytes: '9007199254740995',
      net_eth0_rx_packets: 7505999378951,
      net_eth0_tx_bytes: 9007012204418733,
      net_eth1_rx_drop: '18446744073709551615',
      mem_anon_hugepages: 0,
      uptime: 34560412.77,
    },
    absent: ['cpu1_user'],
  },
  'debian12-6.18-x86_64': {
    machineId: '0123456789abcdef0123456789abcdef',
    fields: {
      cpu_user: 3685,
      cpu1_idle: 173731,
      stat_intr: 313025,
      mem_balloon: 0,
      mem_available: 24401820,
      disk_vda_discard_sectors: 44832,
      disk_zram0_writes: 0,
      net_ifb0_rx_bytes: 0,
      net_eth0_rx_bytes: 319485211,
      loadavg_1min: 0,
      processes_total: 84,
      vm_pgdemote_proactive: 0,
      vm_nr_free_pages_blocks: 967680,
    },
    absent: ['mem_hardware_corrupted', 'vm_nr_bounce'],
  },
};

/** The sources whose text a capture holds: statfs asks the kernel, containers and cpuinfo come with collections. */
/** What perfcollector2 recorded, and what this suite began with; the other sources' own tests read the captures. */
const names = ['stat', 'meminfo', 'loadavg', 'diskstats', 'net/dev', 'uptime', 'vmstat', 'cpuinfo'];
const fileSources = sources.filter(isParsed).filter(({ name }) => names.includes(name));

test('every captured host is expected, and no other', () => {
  expect(readdirSync(HOSTS).sort()).toStrictEqual(Object.keys(expected).sort());
});

describe.each(Object.entries(expected))('%s', (name, want) => {
  const host = openHost(HOSTS + name);

  test.each(fileSources)('$subsystem is read', (source) => {
    const fields = source.parse(rawText(name, source), source.subsystem);
    expect(Object.keys(fields)).toHaveLength(countValues(source.name, rawText(name, source)));
  });

  test.each(fileSources.filter((source) => source.open))(
    '$subsystem is read a tick as it is read raw',
    async (source) => {
      const want = source.parse(rawText(name, source), source.subsystem);
      const open = source.open?.(host, allSettings);
      for (const tick of [new FieldCollector(), new FieldCollector()]) {
        await open?.sample(tick, () => {});
        // A live host's disks may go by other names than the kernel's.
        if (source.name === 'diskstats') expect(Object.values(tick.fields)).toStrictEqual(Object.values(want));
        else expect(tick.fields).toStrictEqual(want);
      }
    },
  );

  test('fields hold what the files say', () => {
    expect(allFields(name)).toMatchObject(want.fields);
  });

  test('fields that the kernel does not offer are left out', () => {
    const fields = allFields(name);
    expect(want.absent.filter((field) => field in fields)).toStrictEqual([]);
  });

  test('machine id', () => {
    expect(readMachineId(host)).toBe(want.machineId);
  });

  test('statfs is unavailable, and never our own disk', async () => {
    const statfs = sources.find((source) => source.name === 'statfs');
    const reading = sampleOf(statfs as Source, host);
    await expect(reading).rejects.toThrow(SourceError);
    await expect(reading).rejects.toMatchObject({ reason: 'unavailable' });
  });
});

function rawText(name: string, source: Source): string {
  return readFileSync(`${HOSTS}${name}${source.subsystem}`, 'utf8');
}

function allFields(name: string): Fields {
  return Object.assign({}, ...fileSources.map((source) => source.parse(rawText(name, source), source.subsystem)));
}

/** How many values a file holds, by counting its words: all of them are in the catalogue for the captured kernels. */
function countValues(source: string, text: string): number {
  const lines = text.trimEnd().split('\n');
  const words = (some: readonly string[]) => some.join(' ').match(/\S+/g)?.length ?? 0;
  const counts: Record<string, () => number> = {
    stat: () => {
      const starting = (word: string) => lines.filter((line) => line.startsWith(word));
      const cpus = words(starting('cpu')) - starting('cpu').length;
      return cpus + words(starting('softirq')) - 1 + lines.length - starting('cpu').length - 1;
    },
    meminfo: () => lines.length,
    loadavg: () => 6,
    diskstats: () => words(lines) - 3 * lines.length,
    'net/dev': () => 16 * (lines.length - 2),
    uptime: () => 2,
    vmstat: () => lines.length,
    cpuinfo: () => 0,
  };
  return counts[source]?.() ?? Number.NaN;
}
