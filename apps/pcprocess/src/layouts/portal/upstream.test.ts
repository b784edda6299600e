import { join } from 'node:path';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { type Csv, readCsv, testPlace } from '../../test-run.ts';
import { layOutFiles } from '../test-layout.ts';
import { portalTables } from './portal-tables.ts';

const place = testPlace();

async function portalOf(collection: string, machine: string): Promise<Csv> {
  const { directory, files } = await layOutFiles(place.root, [upstream(collection)], (setup) => portalTables(setup));
  expect(files.map(({ path }) => path)).toEqual([`${machine}_performance.csv`]);
  return readCsv(join(directory, `${machine}_performance.csv`));
}

const hosts = [
  {
    collection: 'azure-suse/pcc_collection.json',
    machine: 'pcc_collection',
    portal: 'azure-suse/suse-perf-01_performance.csv',
    ofEth0: 129,
  },
  {
    collection: 'azure-cpuinfo/loadtest-cpuinfo.json',
    machine: 'loadtest-cpuinfo',
    portal: 'azure-cpuinfo/loadtest-cpuinfo-portal.csv',
    ofEth0: 10,
  },
];
const NET = ['net_rx_bytes', 'net_tx_bytes'];

describe.skipIf(!hasUpstream)("perfcollector2's file for the portal", () => {
  test.each(hosts)('$portal: every number is ours', async ({ collection, machine, portal, ofEth0 }) => {
    const [ours, theirs] = [await portalOf(collection, machine), readCsv(upstream(portal))];
    expect(ours.columns).toEqual(theirs.columns);
    // Theirs lacks the second sample, and its first row is over both intervals.
    expect(ours.column('timestamp').slice(1)).toEqual(theirs.column('timestamp'));
    let sameNet = 0;
    for (const [at, row] of theirs.rows.entries()) {
      if (at === 0) continue;
      const our = ours.rows[at + 1] ?? {};
      for (const column of theirs.columns.filter((name) => !NET.includes(name)))
        expect(Math.abs(Number(our[column]) - Number(row[column])), `${row.timestamp} ${column}`).toBeLessThan(1e-6);
      // Theirs takes at each time another interface, as it comes: where it is eth0 by chance, it is ours.
      const isSame = NET.every((column) => our[column] === row[column]);
      if (!isSame) expect(NET.map((column) => row[column])).toEqual(['0', '0']);
      sameNet += Number(isSame);
    }
    expect(sameNet).toBe(ofEth0);
  });
});
