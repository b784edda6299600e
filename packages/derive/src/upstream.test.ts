import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noDamage, openFile, readCollection, type Sample } from '@perfcollector/collection';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { wideColumns } from './columns.ts';
import { type Cell, rowDeriver } from './derive-rows.ts';
import { intervalBetween } from './interval.ts';
import { na } from './na.ts';

/** What perfcollector2 recorded, and what it worked out of it; beside the repository where it is there at all. */
const UPSTREAM = upstream();

type Row = Record<string, Cell>;

/** Our rows of a collection, by timestamp. */
async function derive(path: string): Promise<Map<string, Row>> {
  const samples: Sample[] = [];
  for await (const entry of readCollection(openFile(join(UPSTREAM, path)), noDamage())) {
    if (entry.kind === 'sample') samples.push(entry.value);
  }
  const columns = wideColumns(new Set(samples.flatMap(({ fields }) => Object.keys(fields))));
  const deriveRow = rowDeriver(columns);
  const rows = samples.map((now, at): [string, Row] => {
    const before = samples[at - 1];
    const cells = deriveRow({ before, now, interval: intervalBetween(before, now) });
    return [
      String(now.timestamp),
      Object.fromEntries(columns.map(({ name }, at) => [name, cells[at] ?? na('absent')])),
    ];
  });
  return new Map(rows);
}

/** perfcollector2's table. */
function readTable(path: string): Record<string, string>[] {
  const [heading = '', ...lines] = readFileSync(join(UPSTREAM, path), 'utf8').trimEnd().split('\n');
  const names = heading.replace(/^#/, '').split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}

/** How a column of theirs comes of a row of ours. */
type Recipe = (row: Row, device: string) => number;
type Recipes = Record<string, Recipe>;

const rate = (row: Row, field: string): number => Number(row[`${field}_per_second`]);
const cpu =
  (stat: string): Recipe =>
  (row, device) =>
    Number(row[`cpu${device === '-1' ? '' : device}_${stat}`]);
const disk = (...stats: readonly string[]): Recipe => {
  return (row, device) => stats.reduce((sum, stat) => sum + rate(row, `disk_${device}_${stat}`), 0);
};
const net = (stat: string, unit = 1): Recipe => {
  return (row, device) => rate(row, `net_${device}_${stat}`) / unit;
};

const tables: { name: string; device: string; recipes: Recipes }[] = [
  {
    name: 'proc/stat',
    device: 'CPU',
    recipes: {
      '%usr': cpu('user'),
      '%nice': cpu('nice'),
      '%system': cpu('system'),
      '%iowait': cpu('iowait'),
      '%steal': cpu('steal'),
      '%idle': cpu('idle'),
    },
  },
  {
    name: 'proc/diskstats',
    device: 'DEV',
    recipes: {
      tps: disk('reads', 'writes', 'discards'),
      rtps: disk('reads'),
      wtps: disk('writes'),
      dtps: disk('discards'),
      'bread/s': disk('read_sectors'),
      'bwrtn/s': disk('write_sectors'),
      'bdscd/s': disk('discard_sectors'),
    },
  },
  {
    name: 'proc/net/dev',
    device: 'IFACE',
    recipes: {
      'rxpck/s': net('rx_packets'),
      'txpck/s': net('tx_packets'),
      'rxkB/s': net('rx_bytes', 1024),
      'txkB/s': net('tx_bytes', 1024),
      'rxcmp/s': net('rx_compressed'),
      'txcmp/s': net('tx_compressed'),
      'rxmcst/s': net('rx_multicast'),
    },
  },
  {
    name: 'proc/meminfo',
    device: '',
    recipes: {
      kbmemfree: (row) => Number(row.mem_free),
      kbavail: (row) => Number(row.mem_available),
      kbbuffers: (row) => Number(row.mem_buffers),
      kbcached: (row) => Number(row.mem_cached),
      kbcommit: (row) => Number(row.mem_committed_as),
      kbactive: (row) => Number(row.mem_active),
      kbinact: (row) => Number(row.mem_inactive),
      kbdirty: (row) => Number(row.mem_dirty),
    },
  },
];

const collections = [
  { collection: 'azure-suse/pcc_collection.json', folder: 'azure-suse/processed', timestamps: 130 },
  { collection: 'azure-cpuinfo/loadtest-cpuinfo.json', folder: 'azure-cpuinfo/csv', timestamps: 16 },
];
const cases = collections.flatMap((one) => tables.map((table) => ({ ...one, ...table })));

describe.skipIf(!hasUpstream)("perfcollector2's own tables", () => {
  test.each(cases)(
    '$folder/$name has our numbers',
    async ({ collection, folder, name, device, recipes, timestamps }) => {
      const rows = await derive(collection);
      const theirs = readTable(`${folder}/${name}`);
      expect(new Set(theirs.map(({ timestamp }) => timestamp)).size).toBe(timestamps);
      // Their first interval is two of ours: they take the sample before the last one for its beginning.
      for (const line of theirs.filter(({ timestamp }) => timestamp !== theirs[0]?.timestamp)) {
        const row = rows.get(line.timestamp ?? '') ?? {};
        for (const [column, recipe] of Object.entries(recipes)) {
          const ours = recipe(row, line[device] ?? '');
          const difference = Math.abs(ours - Number(line[column]));
          expect({ line, column, ours, isClose: difference <= 1e-6 * Math.max(1, ours) }).toMatchObject({
            isClose: true,
          });
        }
      }
    },
  );

  test('of containers have our CPU percentages, of one CPU and to two decimals', async () => {
    const rows = await derive('containers/container_collection.json');
    const theirs = readTable('containers/containers.csv').filter(({ cpu_percent }) => cpu_percent !== '');
    expect(theirs.length).toBeGreaterThan(300);
    for (const line of theirs) {
      const row = rows.get(line.timestamp ?? '') ?? {};
      const container = `container_${line.container_id?.slice(0, 12)}`;
      for (const part of ['', '_user', '_system']) {
        const ours = rate(row, `${container}_cpu${part === '' ? '_usage' : part}_us`) / 10_000;
        const difference = Math.abs(ours - Number(line[`cpu${part}_percent`]));
        expect({ line, part, ours, isClose: difference <= 0.005001 }).toMatchObject({ isClose: true });
      }
    }
  });
});
