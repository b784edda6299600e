import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeField, openHost, sourceOf } from '@perfcollector/procfs';
import { hostRoot } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wideColumns } from './columns.ts';

const HOSTS = hostRoot('');
const FILES = ['stat', 'meminfo', 'loadavg', 'diskstats', 'net/dev', 'uptime', 'vmstat'].map((name) => `/proc/${name}`);

const namesOf = (fields: Iterable<string>): string[] => wideColumns(fields).map(({ name }) => name);

function fieldsOf(name: string): string[] {
  const host = openHost(join(HOSTS, name));
  return FILES.flatMap((path) => Object.keys(sourceOf(path)?.parse(host.readText(path), path) ?? {}));
}

describe('the columns of a wide table', () => {
  test('begin with the time of all CPUs, what people look at first', () => {
    const cpu = ['guest_nice', 'guest', 'steal', 'softirq', 'irq', 'nice', 'iowait', 'idle', 'system', 'user'];
    expect(namesOf(['mem_free', ...cpu.map((stat) => `cpu_${stat}`)])).toEqual([
      'cpu_user',
      'cpu_system',
      'cpu_idle',
      'cpu_iowait',
      'cpu_nice',
      'cpu_irq',
      'cpu_softirq',
      'cpu_steal',
      'cpu_guest',
      'cpu_guest_nice',
      'mem_free',
    ]);
  });

  test('go on with memory, as /proc/meminfo lists it', () => {
    expect(namesOf(['mem_cached', 'mem_buffers', 'mem_available', 'mem_free', 'mem_total'])).toEqual([
      'mem_total',
      'mem_free',
      'mem_available',
      'mem_buffers',
      'mem_cached',
    ]);
  });

  test('have each counter and its rate side by side, and a gauge alone', () => {
    expect(namesOf(['disk_sda_in_flight', 'disk_sda_writes', 'disk_sda_reads', 'disk_sda_io_ms'])).toEqual([
      'disk_sda_reads',
      'disk_sda_reads_per_second',
      'disk_sda_writes',
      'disk_sda_writes_per_second',
      'disk_sda_in_flight',
      'disk_sda_io_ms',
      'disk_sda_io_ms_per_second',
    ]);
  });

  test('have devices in natural order, all of one device together', () => {
    const fields = ['sda10', 'sdb', 'sda2', 'sda', 'nvme0n1p1'].flatMap((disk) => [
      `disk_${disk}_writes`,
      `disk_${disk}_reads`,
    ]);
    expect(namesOf(fields).filter((name) => !name.endsWith('_per_second'))).toEqual(
      ['nvme0n1p1', 'sda', 'sda2', 'sda10', 'sdb'].flatMap((disk) => [`disk_${disk}_reads`, `disk_${disk}_writes`]),
    );
  });

  test('end with each CPU in natural order, then vmstat, then fields that nobody knows', () => {
    const fields = ['zebra', 'vm_pagefault', 'alpha', 'cpu10_user', 'cpu2_idle', 'cpu2_user', 'loadavg_1min', 'uptime'];
    expect(namesOf(fields)).toEqual([
      'loadavg_1min',
      'uptime',
      'cpu2_user',
      'cpu2_idle',
      'cpu10_user',
      'vm_pagefault',
      'vm_pagefault_per_second',
      'alpha',
      'zebra',
    ]);
  });

  test('give the groups in the order of the sources', () => {
    const fields = [
      'container_0123456789ab_cpu_usage_us',
      'uptime',
      'fs_/_blocks_free',
      'net_eth0_rx_bytes',
      'disk_sda_reads',
      'processes_total',
      'loadavg_1min',
      'mem_total',
      'stat_ctxt',
      'cpu_user',
    ];
    expect(namesOf(fields).filter((name) => !name.endsWith('_per_second'))).toEqual(fields.toReversed());
  });

  test('know a statistic that vmstat got after the catalogue was written', () => {
    expect(namesOf(['vm_some_new_event', 'vm_nr_some_new_amount', 'vm_pagefault'])).toEqual([
      'vm_pagefault',
      'vm_pagefault_per_second',
      'vm_nr_some_new_amount',
      'vm_some_new_event',
      'vm_some_new_event_per_second',
    ]);
  });

  test('show a field that nobody knows as it was recorded', () => {
    expect(wideColumns(['gpu_0_load', 'cpu_nonsense'])).toEqual(
      ['cpu_nonsense', 'gpu_0_load'].map((name) => ({ name, field: name, derivation: 'value', info: undefined })),
    );
  });

  test('give labels and gauges no rate, and a share of CPU time instead of its counter', () => {
    const derivations = wideColumns(['container_0123456789ab_name', 'mem_free', 'cpu_user', 'cpu0_guest', 'stat_ctxt']);
    expect(derivations.map(({ name, derivation }) => [name, derivation])).toEqual([
      ['cpu_user', 'share'],
      ['stat_ctxt', 'value'],
      ['stat_ctxt_per_second', 'rate'],
      ['mem_free', 'value'],
      ['container_0123456789ab_name', 'value'],
      ['cpu0_guest', 'share'],
    ]);
  });

  test('of nothing are none', () => {
    expect(wideColumns([])).toEqual([]);
  });
});

describe.each(readdirSync(HOSTS))('the columns of %s', (name) => {
  const fields = fieldsOf(name);
  const columns = wideColumns(fields);

  test('are the same whatever order the fields come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
        expect(wideColumns(shuffled)).toEqual(columns);
      }),
      { numRuns: 10 },
    );
  });

  test('are one for each field, under its own name', () => {
    const own = columns.filter(({ derivation }) => derivation !== 'rate');
    expect(own.map((column) => column.name)).toEqual(own.map(({ field }) => field));
    expect(own.map(({ field }) => field).toSorted()).toEqual(fields.toSorted());
  });

  test('have a rate right beside each counter and nowhere else', () => {
    for (const [at, { name: column, field, derivation }] of columns.entries()) {
      const isCounter = derivation === 'value' && describeField(field)?.spec.kind === 'counter';
      const next = columns[at + 1];
      expect([field, next?.derivation === 'rate' && next.field === field]).toEqual([field, isCounter]);
      if (derivation === 'rate') expect(column).toBe(`${field}_per_second`);
    }
  });

  test('begin with CPU time and memory and end with each CPU and vmstat', () => {
    const names = columns.map((column) => column.name);
    expect(names.slice(0, 4)).toEqual(['cpu_user', 'cpu_system', 'cpu_idle', 'cpu_iowait']);
    expect(names.filter((column) => column.startsWith('mem_')).slice(0, 2)).toEqual(['mem_total', 'mem_free']);
    const isDetail = names.map((column) => /^(cpu\d+_|vm_)/.test(column));
    expect(isDetail.lastIndexOf(false)).toBe(isDetail.indexOf(true) - 1);
  });
});
