import { join } from 'node:path';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { openFile } from './decompress.ts';
import { type Entry, noDamage, readCollection } from './read-collection.ts';

/** What perfcollector2 recorded on real machines; beside the repository where it is there at all. */
const UPSTREAM = upstream();

async function read(name: string): Promise<{ entries: Entry[]; damage: object }> {
  const damage = noDamage();
  const entries = await Array.fromAsync(readCollection(openFile(join(UPSTREAM, name)), damage));
  return { entries, damage };
}

describe.skipIf(!hasUpstream)("perfcollector2's own collections", () => {
  test.each([
    { name: 'azure-cpuinfo/loadtest-cpuinfo.json', timestamps: 18, first: 1767982248, has: 'cpu3_steal' },
    { name: 'azure-suse/pcc_collection.json', timestamps: 132, first: 1767829424, has: 'disk_sda4_write_sectors' },
    {
      name: 'containers/container_collection.json',
      timestamps: 127,
      first: 1768021418,
      has: 'container_c699f0b00fb8_cpu_usage_us',
    },
  ])('$name is $timestamps samples, 5 s apart, and nothing is left out', async ({ name, timestamps, first, has }) => {
    const { entries, damage } = await read(name);
    expect(damage).toEqual(noDamage());
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'facts')).toEqual(Array(timestamps).fill('sample'));
    expect(kinds.filter((kind) => kind === 'facts')).toHaveLength(name.includes('cpuinfo') ? timestamps : 0);
    const samples = entries.flatMap((entry) => (entry.kind === 'sample' ? [entry.value] : []));
    expect(samples.map(({ timestamp }) => timestamp)).toEqual(samples.map((_, at) => first + 5 * at));
    for (const { fields } of samples) expect(fields[has]).toBeTypeOf('number');
  });

  test('hold what the kernel printed', async () => {
    const { entries } = await read('azure-suse/pcc_collection.json');
    // cpu  4608 0 1180 73188 1082 0 106 0 0 0
    expect(entries[0]?.value).toMatchObject({
      timestamp: 1767829424,
      fields: { cpu_user: 4608, cpu_nice: 0, cpu_system: 1180, cpu_idle: 73188, cpu_iowait: 1082, cpu1_softirq: 68 },
    });
  });
});
