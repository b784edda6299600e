/** What a value takes on disk when it is at rest, with everything that it takes to find it. */
import type { Bench } from '../agent-run.ts';
import { decimalFields } from './bodies.ts';
import { startInfluxDb } from './influxdb.ts';
import { countValues, type Machine } from './machine.ts';
import { startPcd } from './pcd.ts';
import { recordHere, upstreamMachines } from './real.ts';
import { load, type Server, type ServerName } from './server.ts';
import { generateFleet } from './throughput.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

interface DiskUse {
  readonly server: ServerName;
  readonly bytes: number;
  readonly bytesPerValue: number;
}

export interface DiskResult {
  readonly data: DataName;
  readonly machines: number;
  readonly values: number;
  readonly uses: readonly DiskUse[];
}

export type DataName = 'upstream' | 'here' | 'fleet';

export async function measureDisk(bench: Bench): Promise<DiskResult[]> {
  const copies = bench.isQuick ? 4 : 50;
  const data: [DataName, Machine[]][] = [
    ['upstream', await upstreamMachines(copies)],
    ['here', await recordHere(bench, { samples: bench.isQuick ? 20 : 120, copies })],
    ['fleet', generateFleet(bench.isQuick ? { machines: 3, hours: 1 } : { machines: 20, hours: 6 })],
  ];
  const results: DiskResult[] = [];
  for (const [name, machines] of data) if (machines.length > 0) results.push(await measureData(bench, name, machines));
  return results;
}

async function measureData(bench: Bench, data: DataName, machines: readonly Machine[]): Promise<DiskResult> {
  const values = countValues(machines);
  const decimal = decimalFields(machines);
  const starts = [
    () => startPcd(bench),
    () => startVictoriaMetrics(bench),
    () => startInfluxDb(bench, { decimal, compactsSoon: true }),
  ];
  const uses: DiskUse[] = [];
  for (const start of starts) {
    await using server = await start();
    if (server) uses.push(await use(server, machines, values));
  }
  return { data, machines: machines.length, values, uses };
}

async function use(server: Server, machines: readonly Machine[], values: number): Promise<DiskUse> {
  await load(server, machines);
  await server.compact();
  await server.child.stop(); // what it keeps open beside its data (a journal, a map in memory) is none of it
  const bytes = server.bytesOnDisk();
  return { server: server.name, bytes, bytesPerValue: bytes / values };
}
