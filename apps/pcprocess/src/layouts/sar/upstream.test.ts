import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { type Csv, readCsv, testPlace } from '../../test-run.ts';
import { layOutFiles } from '../test-layout.ts';
import { sarTables } from './sar-tables.ts';

const place = testPlace();

async function sarOf(collection: string): Promise<string> {
  const { directory } = await layOutFiles(place.root, [upstream(collection)], (setup) => sarTables(setup));
  return directory;
}

/** Rows by what names them: their timestamp, and the device where the table has several. */
function byKey({ columns, rows }: Csv, keys: number): Map<string, readonly string[]> {
  return new Map(
    rows.map((row) => {
      const cells = columns.map((column) => row[column] ?? '');
      return [cells.slice(0, keys).join(' '), cells.slice(keys)];
    }),
  );
}

const hosts = [
  { collection: 'azure-cpuinfo/loadtest-cpuinfo.json', folder: 'azure-cpuinfo/csv' },
  { collection: 'azure-suse/pcc_collection.json', folder: 'azure-suse/processed' },
];
const tables = [
  { table: 'proc/stat', keys: 2 },
  { table: 'proc/meminfo', keys: 1 },
  { table: 'proc/diskstats', keys: 2 },
  { table: 'proc/net/dev', keys: 2 },
  { table: 'statfs_ALL', keys: 2 },
];
const counted = new Set(['proc/stat', 'proc/diskstats', 'proc/net/dev']);
const cases = hosts.flatMap((host) => tables.map((table) => ({ ...host, ...table })));

describe.skipIf(!hasUpstream)("perfcollector2's directory", () => {
  test.each(cases)('$folder/$table: every number is ours', async ({ collection, folder, table, keys }) => {
    const [ours, theirs] = [readCsv(join(await sarOf(collection), table)), readCsv(upstream(`${folder}/${table}`))];
    expect(ours.columns).toEqual(theirs.columns);
    const times = [...new Set(theirs.column('#timestamp'))];
    const ourTimes = [...new Set(ours.column('#timestamp'))];
    // Theirs lacks the second sample, and its first row is over both intervals.
    expect(ourTimes.slice(1)).toEqual(times);
    const [oursByKey, theirsByKey] = [byKey(ours, keys), byKey(theirs, keys)];
    expect(oursByKey.size).toBe(ours.rows.length);
    expect((ours.rows.length / ourTimes.length) * times.length).toBe(theirs.rows.length);
    for (const [key, cells] of theirsByKey) {
      if (counted.has(table) && key.startsWith(`${times[0]} `)) continue;
      const numbers = oursByKey.get(key)?.map(Number) ?? [];
      for (const [at, cell] of cells.entries())
        expect(Math.abs((numbers[at] ?? Number.NaN) - Number(cell)), `${key}: ${cell}`).toBeLessThanOrEqual(1e-6);
    }
  });

  test('the first two intervals make what perfcollector2 makes of both at once', async () => {
    const [{ collection = '', folder = '' } = {}] = hosts;
    const ours = byKey(readCsv(join(await sarOf(collection), 'proc/net/dev')), 2);
    const theirs = byKey(readCsv(upstream(`${folder}/proc/net/dev`)), 2);
    const [second, third] = [...new Set([...ours.keys()].map((key) => key.split(' ')[0]))];
    for (const device of ['eth0', 'lo', 'docker0']) {
      const [one, other] = [ours.get(`${second} ${device}`), ours.get(`${third} ${device}`)];
      const both = theirs.get(`${third} ${device}`) ?? [];
      for (const [at, cell] of both.entries())
        expect((Number(one?.[at]) + Number(other?.[at])) / 2).toBeCloseTo(Number(cell), 6);
    }
  });

  test.each(hosts)('$folder has the same files', async ({ collection, folder }) => {
    const files = (path: string) => readdirSync(path, { recursive: true }).map(String).sort();
    expect(files(await sarOf(collection))).toEqual(files(upstream(folder)));
  });

  test('what is told of the processors is the same, character by character', async () => {
    const directory = await sarOf('azure-cpuinfo/loadtest-cpuinfo.json');
    expect(readFileSync(join(directory, 'system_info.json'), 'utf8')).toBe(
      readFileSync(upstream('azure-cpuinfo/csv/system_info.json'), 'utf8'),
    );
  });

  test('containers are the same, cell by cell', async () => {
    const text = readFileSync(upstream('containers/container_names.json'), 'utf8');
    const containerNames = new Map(Object.entries(JSON.parse(text) as Record<string, string>));
    const collection = upstream('containers/container_collection.json');
    const { directory, files } = await layOutFiles(place.root, [collection], (setup) =>
      sarTables(setup, { containerNames }),
    );
    const [ours, theirs] = ['', 'upstream'].map((which) =>
      readCsv(which ? upstream('containers/containers.csv') : join(directory, 'containers.csv')),
    );
    expect(readdirSync(directory)).toEqual(['containers.csv']);
    expect(files).toMatchObject([{ path: 'containers.csv', rows: 381, na: 9 }]);
    expect(ours?.columns).toEqual(theirs?.columns);
    expect(ours && byKey(ours, 2)).toEqual(theirs && byKey(theirs, 2));
  });
});
