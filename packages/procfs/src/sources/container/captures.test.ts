import { hostRoot } from '@perfcollector/testing';
import { expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { plainSettings, sampleOf } from '../../test-sampling.ts';
import type { Fields } from '../../types.ts';
import { containerSource } from './index.ts';

/** What a person reads off the files of a capture. */
const expected: Record<string, Fields> = {
  'ubuntu24.04-6.8-x86_64': {
    container_4f1c0e7a9b3d_runtime: 'docker',
    container_4f1c0e7a9b3d_cpu_usage_us: 18204412077,
    container_4f1c0e7a9b3d_cpu_throttled: 1204,
    container_4f1c0e7a9b3d_cpu_quota_us: 150000,
    container_4f1c0e7a9b3d_memory_max: 1073741824,
    container_4f1c0e7a9b3d_memory_slab: 17324568,
    container_4f1c0e7a9b3d_memory_events_oom_kill: 1,
    container_4f1c0e7a9b3d_io_read_bytes: 812048384,
    container_4f1c0e7a9b3d_io_write_ops: 1204118,
    container_4f1c0e7a9b3d_io_pressure_some_avg10: 1.07,
    container_4f1c0e7a9b3d_pids_max: 9373,
  },
  'centos7-3.10-x86_64': {
    container_c7d0e1f2a3b4_runtime: 'docker',
    container_c7d0e1f2a3b4_cpu_usage_us: 41204118204,
    container_c7d0e1f2a3b4_cpu_user_ticks: 3120448,
    container_c7d0e1f2a3b4_memory_current: 1204117504,
    container_c7d0e1f2a3b4_memory_file: 804118528,
    container_c7d0e1f2a3b4_memory_swap_current: 8192,
    container_c7d0e1f2a3b4_io_write_bytes: 8120446976,
    container_c7d0e1f2a3b4_io_read_ops: 1204,
  },
};
/** What neither kernel nor setting of that host offers. */
const absent = [
  'container_4f1c0e7a9b3d_name',
  'container_4f1c0e7a9b3d_cpu_user_ticks',
  'container_c7d0e1f2a3b4_memory_max',
  'container_c7d0e1f2a3b4_cpu_quota_us',
  'container_c7d0e1f2a3b4_memory_events_oom_kill',
  'container_c7d0e1f2a3b4_pids_current',
];

test.each(Object.entries(expected))('the container of %s holds what its files say', async (name, want) => {
  const { fields, problems } = await sampleOf(containerSource, openHost(hostRoot(name)), plainSettings);
  expect(fields).toMatchObject(want);
  expect(absent.filter((field) => field in fields)).toStrictEqual([]);
  expect(problems).toStrictEqual([]);
});

test.each(['alpine3.19-6.6-x86_64', 'rocky8-4.18-x86_64', 'debian12-6.18-x86_64'])('%s has none', async (name) => {
  const reading = await sampleOf(containerSource, openHost(hostRoot(name)), plainSettings);
  expect(reading).toStrictEqual({ fields: {}, problems: [] });
});
