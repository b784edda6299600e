import { formatTable } from '@perfcollector/cli';
import type { DataName, DiskResult } from './disk.ts';
import type { ExportResult } from './export.ts';
import type { FleetResult } from './fleet-run.ts';
import { INFLUXDB_MISSING } from './influxdb.ts';
import type { SeriesResult } from './series.ts';
import type { ServerName } from './server.ts';
import type { Throughput, ThroughputResult } from './throughput.ts';
import { VICTORIA_METRICS_MISSING } from './victoria-metrics.ts';

export interface Results {
  readonly throughput?: ThroughputResult;
  readonly disk?: readonly DiskResult[];
  readonly fleet?: FleetResult;
  readonly export?: readonly ExportResult[];
  readonly series?: readonly SeriesResult[];
}

/** What pcd is meant to stay within. */
const TARGETS = {
  valuesPerCpuSecond: 1.6e6,
  upstreamBytesPerValue: 0.25,
  p99Ms: 100,
  residentMb: 300,
  growthMb: 1,
  exportCpuSeconds: 1,
  exportGrowthMb: 16,
  seriesMs: 100,
} as const;

const SHORT_RUN_MS = 120_000;

type Row = readonly [what: string, measured: string, target: string, verdict: string];

export function report(results: Results): string {
  const { throughput, disk, fleet, export: exports, series } = results;
  const tables = [
    ...(throughput ? throughputTable(throughput) : []),
    ...(disk ? diskTable(disk) : []),
    ...(exports ? exportTable(exports) : []),
    ...(series ? seriesTable(series) : []),
    ...missingPeers(results),
  ];
  const rows = [
    ...(throughput ? throughputRows(throughput) : []),
    ...(disk ?? []).flatMap(diskRows),
    ...(fleet ? fleetRows(fleet) : []),
    ...(exports ?? []).flatMap(exportRows),
    ...(series ?? []).flatMap(seriesRows),
  ];
  return [...tables, formatTable([['MEASURED', 'VALUE', 'TARGET', ''], ...rows])].join('\n');
}

/** What is not there cannot be compared with. */
function missingPeers({ throughput, disk, export: exports, series }: Results): string[] {
  const withBoth = [...(throughput?.runs ?? []), ...(disk ?? []).flatMap(({ uses }) => uses)];
  const all = [...withBoth, ...(exports ?? []), ...(series ?? [])];
  const lacks = (measured: readonly { readonly server: ServerName }[], name: ServerName) =>
    measured.length > 0 && measured.every(({ server }) => server !== name);
  return [
    ...(lacks(all, 'VictoriaMetrics') ? [VICTORIA_METRICS_MISSING] : []),
    ...(lacks(withBoth, 'InfluxDB') ? [INFLUXDB_MISSING] : []),
  ];
}

const inMillions = (value: number) => `${(value / 1e6).toFixed(2)} M`;
const inMb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const atMost = (what: string, value: number, target: number, show: (value: number) => string): Row => [
  what,
  show(value),
  `<= ${show(target)}`,
  value <= target ? 'met' : 'missed',
];

/** Of each server, the run that is its best. */
function bestOf(runs: readonly Throughput[], server: ServerName): Throughput | undefined {
  const own = runs.filter((run) => run.server === server);
  return own.sort((a, b) => b.valuesPerCpuSecond - a.valuesPerCpuSecond)[0];
}

function throughputTable({ machines, hours, runs }: ThroughputResult): string[] {
  const own = bestOf(runs, 'pcd')?.valuesPerCpuSecond ?? Number.NaN;
  const head = ['SERVER', 'PROTOCOL', 'ACKNOWLEDGED', 'VALUES/CPU s', 'pcd IS TIMES THIS', 'CPU', 'WALL', 'SENT'];
  const rows = runs.map((run) => [
    run.server,
    run.protocol,
    run.server === 'pcd' ? 'after fsync' : 'before fsync',
    inMillions(run.valuesPerCpuSecond),
    (own / run.valuesPerCpuSecond).toFixed(2),
    `${run.cpuSeconds.toFixed(2)} s`,
    `${run.wallSeconds.toFixed(2)} s`,
    inMb(run.bytes),
  ]);
  const title = `Intake of ${inMillions(runs[0]?.values ?? 0)} values: ${machines} machines, ${hours} hours`;
  return [`${title}\n${formatTable([head, ...rows])}`];
}

function throughputRows({ runs }: ThroughputResult): Row[] {
  const own = bestOf(runs, 'pcd');
  if (!own) return [];
  const { valuesPerCpuSecond: value, putOff } = own;
  const target = TARGETS.valuesPerCpuSecond;
  const verdict = value >= target ? 'met' : 'missed';
  return [
    ['values a second of processor time', inMillions(value), `>= ${inMillions(target)}`, verdict],
    ...(putOff > 0 ? [['requests that were put off', `${putOff} of ${own.requests}`, '', ''] as const] : []),
  ];
}

const DATA: Record<DataName, string> = {
  upstream: 'the recordings of ../shared/upstream',
  here: 'what pcc records here',
  fleet: 'the generated fleet',
};

function diskTable(results: readonly DiskResult[]): string[] {
  const rows = results.flatMap(({ data, machines, values, uses }) =>
    uses.map(({ server, bytes, bytesPerValue }) => [
      DATA[data],
      String(machines),
      inMillions(values),
      server,
      inMb(bytes),
      bytesPerValue.toFixed(3),
    ]),
  );
  const head = ['DATA', 'MACHINES', 'VALUES', 'SERVER', 'ON DISK', 'BYTES/VALUE'];
  return [`At rest, with all indexes\n${formatTable([head, ...rows])}`];
}

function diskRows({ data, uses }: DiskResult): Row[] {
  const own = uses.find(({ server }) => server === 'pcd')?.bytesPerValue ?? Number.NaN;
  const show = (value: number) => value.toFixed(3);
  const what = `bytes a value on disk, ${DATA[data]}`;
  return data === 'upstream' ? [atMost(what, own, TARGETS.upstreamBytesPerValue, show)] : [[what, show(own), '', '']];
}

function fleetRows({ hosts, intervalMs, preloaded, latency, before, sealing, refused, ...rest }: FleetResult): Row[] {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const { memory, samplesEach, serverShare, clientShare, clientLatestMs } = rest;
  const counts = Object.entries(refused).map(([status, count]) => `${count}× ${status}`);
  return [
    [`${hosts} hosts, every ${intervalMs / 1000} s: acknowledgement, p50`, ms(latency.p50), '', ''],
    atMost(`the same, p99 of ${latency.requests}`, latency.p99, TARGETS.p99Ms, ms),
    ['the same, slowest', ms(latency.max), '', ''],
    ['p99 before the hour is over', ms(before.p99), '', ''],
    atMost(`p99 from then on, ${preloaded} samples a host before it`, sealing.p99, TARGETS.p99Ms, ms),
    ['other answers than 200', counts.join(', ') || 'none', 'none', counts.length === 0 ? 'met' : 'missed'],
    atMost('resident memory, highest', memory.highest, TARGETS.residentMb, mb),
    [
      'the same at the start, in the middle, at the end',
      [memory.start, memory.middle, memory.end].map(mb).join(', '),
      '',
      '',
    ],
    growthRow(memory.growth, samplesEach * intervalMs),
    ['share of one processor', percent(serverShare), '', ''],
    [`the same of the client, which was ${ms(clientLatestMs)} late at most`, percent(clientShare), '', ''],
  ];
}

/** Of a short run it says nothing. */
function growthRow(growth: number, ranMs: number): Row {
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  const what = 'its growth a minute, second half';
  return ranMs < SHORT_RUN_MS ? [what, mb(growth), '', ''] : atMost(what, growth, TARGETS.growthMb, mb);
}

function exportTable(results: readonly ExportResult[]): string[] {
  const head = ['EXPORT OF', 'SERVER', 'CPU', 'FIRST', 'MB/s', 'ANSWER', 'MORE MEMORY THAN A QUARTER OF IT'];
  const rows = results.map(
    ({ samples, server, cpuSeconds, firstCpuSeconds, megabytesPerSecond, bytes, memoryGrowth }) => [
      `${samples} samples`,
      server,
      `${cpuSeconds.toFixed(2)} s`,
      `${firstCpuSeconds.toFixed(2)} s`,
      megabytesPerSecond.toFixed(0),
      inMb(bytes),
      `${memoryGrowth.toFixed(1)} MB`,
    ],
  );
  return [formatTable([head, ...rows])];
}

function exportRows({ server, samples, cpuSeconds, memoryGrowth }: ExportResult): Row[] {
  if (server !== 'pcd') return [];
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  return [
    atMost(`export of ${samples} samples, processor time`, cpuSeconds, TARGETS.exportCpuSeconds, seconds),
    atMost('the same, more memory than for a quarter of it', memoryGrowth, TARGETS.exportGrowthMb, mb),
  ];
}

function seriesTable(results: readonly SeriesResult[]): string[] {
  const head = ['SERIES', 'SERVER', 'MIDDLE', 'FIRST'];
  const ms = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(1)} ms`);
  const rows = results.map(({ days, fields, points, server, milliseconds, median, skipped }) => [
    `${fields} fields, ${days} days, ${points} points`,
    server,
    skipped === undefined ? ms(median) : `skipped: ${skipped}`,
    ms(milliseconds[0]),
  ]);
  return [formatTable([head, ...rows])];
}

function seriesRows({ server, fields, days, median, skipped }: SeriesResult): Row[] {
  if (server !== 'pcd' || skipped !== undefined) return [];
  return [atMost(`${fields} fields over ${days} days`, median, TARGETS.seriesMs, (value) => `${value.toFixed(1)} ms`)];
}
