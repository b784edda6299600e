import { formatTable } from '@perfcollector/cli';
import type { DayResult } from './day.ts';
import type { HelpResult } from './help.ts';
import type { HourResult } from './hour.ts';
import type { Rounds } from './turns.ts';

export interface Results {
  readonly day?: DayResult;
  readonly hour?: HourResult;
  readonly help?: HelpResult;
}

/** What pcprocess is meant to stay within. */
const TARGETS = { ofDuckdb: 1, timesR: 10, peakMb: 250, hourSeconds: 1, helpMs: 100 } as const;

type Row = readonly [what: string, measured: string, target: string, verdict: string];

export function report({ day, hour, help }: Results): string {
  const tables = [
    ...(day ? [conversionTable(`${day.samples} samples, ${inMb(day.bytes)}`, day.whole), ...asList(day.missing)] : []),
    ...(hour
      ? [conversionTable(`${hour.samples} samples`, [hour.own, ...asList(hour.r)]), ...asList(hour.missing)]
      : []),
  ];
  const rows = [
    ...(day ? dayRows(day) : []),
    ...(hour ? hourRows(hour) : []),
    ...(hour?.r && day ? rOfADay(day, hour.samples, hour.r) : []),
    ...(help ? [helpRow(help)] : []),
  ];
  return [...tables, formatTable([['MEASURED', 'VALUE', 'TARGET', ''], ...rows])].join('\n');
}

const asList = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
const inMb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const inSeconds = (seconds: number) => `${seconds.toFixed(2)} s`;
const inMs = (ms: number) => `${ms.toFixed(0)} ms`;
const inMib = (mb: number) => `${mb.toFixed(0)} MB`;
const inTimes = (ratio: number) => `${ratio.toFixed(2)}×`;

function atMost(what: string, value: number, target: number, show: (value: number) => string): Row {
  return [what, show(value), `<= ${show(target)}`, value <= target ? 'met' : 'missed'];
}

function atLeast(what: string, value: number, target: number, show: (value: number) => string): Row {
  return [what, show(value), `>= ${show(target)}`, value >= target ? 'met' : 'missed'];
}

function conversionTable(title: string, all: readonly Rounds[]): string {
  const head = ['PROGRAM', 'WALL', 'LEAST', 'CPU', 'PEAK MEMORY', 'CSV', 'COLUMNS'];
  const rows = all.map(({ name, wallSeconds, leastWallSeconds, cpuSeconds, peakMb, csv }) => [
    name,
    inSeconds(wallSeconds),
    inSeconds(leastWallSeconds),
    inSeconds(cpuSeconds),
    inMib(peakMb),
    inMb(csv.bytes),
    String(csv.columns),
  ]);
  return `${title}, to CSV\n${formatTable([head, ...rows])}`;
}

function dayRows({ samples, whole: [own, alike, ...peers], half, loadBefore }: DayResult): Row[] {
  if (!own || !alike) return [];
  const [fastest] = peers.sort((a, b) => a.wallSeconds - b.wallSeconds);
  const of = (what: string) => `${what} for ${samples} samples, of that of ${fastest?.name}, the fastest`;
  return [
    ...(fastest
      ? [
          atMost(of('wall time'), own.wallSeconds / fastest.wallSeconds, TARGETS.ofDuckdb, inTimes),
          [of('processor time'), inTimes(own.cpuSeconds / fastest.cpuSeconds), '', ''] as const,
          ...peers.map(({ name, wallSeconds }): Row => {
            const value = `${inTimes(own.wallSeconds / wallSeconds)}, ${inTimes(alike.wallSeconds / wallSeconds)}`;
            return [`wall time with rates, and with DuckDB's columns alone, of that of ${name}`, value, '', ''];
          }),
        ]
      : []),
    ['load of the machine before', loadBefore.toFixed(2), '', ''],
    atMost('peak memory', own.peakMb, TARGETS.peakMb, inMib),
    atMost('the same for half of it', half.peakMb, TARGETS.peakMb, inMib),
  ];
}

function hourRows({ samples, own, r }: HourResult): Row[] {
  return [
    atMost(`${samples} samples, start included`, own.wallSeconds, TARGETS.hourSeconds, inSeconds),
    ...(r
      ? [
          atLeast(
            `${samples} samples, times as fast as ${r.name}`,
            r.wallSeconds / own.wallSeconds,
            TARGETS.timesR,
            inTimes,
          ),
        ]
      : []),
  ];
}

/** R is given that it takes no longer for a sample when there are more of them. */
function rOfADay({ samples, whole: [own] }: DayResult, measured: number, r: Rounds): Row[] {
  if (!own) return [];
  const seconds = (r.wallSeconds * samples) / measured;
  const what = `${samples} samples, times as fast as it: ${seconds.toFixed(0)} s, in proportion to ${measured}`;
  return [atLeast(what, seconds / own.wallSeconds, TARGETS.timesR, inTimes)];
}

function helpRow({ median, bareNodeMedian }: HelpResult): Row {
  const what = `--help, from start to end (a Node that does nothing: ${inMs(bareNodeMedian)})`;
  return atMost(what, median, TARGETS.helpMs, inMs);
}
