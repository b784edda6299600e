import { formatDuration, formatTime } from '@perfcollector/cli';
import {
  cut,
  drawParts,
  drawTable,
  fixed,
  heightsOf,
  type Line,
  NONE,
  percent,
  type Size,
  size,
  type Table,
  uptime,
  widthOf,
} from '@perfcollector/cli/screen';
import type { HostFacts } from '@perfcollector/procfs';
import type { Derived, Device } from '../live/derived.ts';
import {
  cpuTable,
  difference,
  diskTable,
  fileSystemTable,
  gauge,
  interfaceTable,
  processTable,
  type Shown,
  shareOf,
} from './tables.ts';

/** What a screen shows. */
export interface Frame {
  readonly host: Pick<HostFacts, 'hostname' | 'kernel' | 'clock_ticks'>;
  readonly derived: Derived;
  /** Milliseconds between samples. */
  readonly interval: number;
  /** What processes are sorted by. */
  readonly sort: 'cpu' | 'memory';
  /** The last line; none where it is empty. */
  readonly status: string;
}

/** The lines of a frame: at most as many as the screen has, none wider than it. */
export function view(frame: Frame, { columns: width, rows }: Size): Line[] {
  const { derived, sort, status, host } = frame;
  const shown: Shown = { derived, sort, clockTicks: host.clock_ticks };
  const [head, totals] = [headLine(frame, width), [...memoryLines(derived, width), ...pressureLines(derived, width)]];
  const tables = [cpuTable, diskTable, interfaceTable, fileSystemTable, processTable].map((make) => make(shown));
  const last = status === '' ? [] : [{ text: cut(status, width) }];
  const heights = shareHeight(tables, { width, height: rows - 1 - totals.length - last.length });
  const drawn = tables.map((table, at) => drawTable(table, { width, height: heights[at] ?? 0 }));
  const [cpu = [], ...others] = drawn.map((lines, at) => ((heights[at] ?? 0) > 1 ? lines : []));
  const lines = [head, ...cpu, ...totals, ...others.flat()].slice(0, Math.max(rows - last.length, 0));
  const blanks = Number.isFinite(rows) ? Math.max(rows - last.length - lines.length, 0) : 0;
  return [...lines, ...Array<Line>(last.length > 0 ? blanks : 0).fill({ text: '' }), ...last];
}

function headLine({ host, derived, interval }: Frame, width: number): Line {
  const load = derived.devices.get('loadavg')?.get('');
  const loads = ['1min', '5min', '15min'].map((stat) => fixed(gauge(load, stat), 2));
  const up = gauge(derived.devices.get('uptime')?.get(''), '');
  const time = formatTime(Math.floor(derived.timestamp)).slice(11);
  const { seconds } = derived;
  // After a pause or missed ticks the numbers are means over a longer time.
  const isLonger = seconds !== undefined && seconds * 1000 > 1.5 * interval;
  const over = isLonger ? ` over ${formatDuration(Math.round(seconds) * 1000)}` : '';
  const every = `every ${formatDuration(interval)}${over}`;
  const rest = `  up ${uptime(up)}  load ${loads.join(' ')}  ${time} UTC  ${every}`;
  const name = cut(`${host.hostname ?? NONE}  ${host.kernel ?? NONE}`, Math.max(width - widthOf(rest), 0));
  return { text: cut(name + rest, width) };
}

/** "Used" is what is not available; the kernels before 3.14 do not tell, and it is not guessed. */
function memoryLines({ devices }: Derived, width: number): Line[] {
  const memory = devices.get('mem')?.get('');
  if (!memory) return [];
  const kib = (stat: string) => gauge(memory, stat);
  const [used, swapUsed] = [
    difference(kib('total'), kib('available')),
    difference(kib('swap_total'), kib('swap_free')),
  ];
  const parts = [
    `total ${kibText(kib('total'))}`,
    `used ${kibText(used)} ${percent(shareOf(used, kib('total')))}%`,
    `available ${kibText(kib('available'))}`,
    `free ${kibText(kib('free'))}`,
    `buffers ${kibText(kib('buffers'))}`,
    `cached ${kibText(kib('cached'))}`,
    `swap ${kibText(kib('swap_total'))} used ${kibText(swapUsed)}`,
  ];
  return drawParts('MEMORY', parts, width);
}

function kibText(kib: number | undefined): string {
  return size(kib === undefined ? undefined : kib * 1024);
}

/** Percent of the last ten seconds in which some, and in which all tasks were stalled. */
function pressureLines({ devices }: Derived, width: number): Line[] {
  const resources = [...(devices.get('pressure') ?? [])];
  if (resources.length === 0) return [];
  const avg10 = (resource: Device, stat: string) => fixed(gauge(resource, stat), 1);
  const parts = resources.map(
    ([name, resource]) => `${name} ${avg10(resource, 'some_avg10')}/${avg10(resource, 'full_avg10')}`,
  );
  return drawParts('STALLED', [...parts, 'some/full % of 10s'], width);
}

/** How much larger a table's part of the room is: processes are many. */
const TURNS = [0, 1, 2, 3, 4, 4];

/**
 * Shares the height out: a heading and one row each while there is room, then a row a turn until everything is shown, then
 * until no table needs panels. A table that has nothing to show gets nothing.
 */
function shareHeight(tables: readonly Table[], { width, height }: { width: number; height: number }): number[] {
  const heights = tables.map((table) => (table.rows.length > 0 ? heightsOf(table, width) : { least: 0, most: 0 }));
  if (!Number.isFinite(height)) return heights.map(({ most }) => most);
  let left = height;
  const given = heights.map(({ least }) => {
    const first = Math.min(least, 2);
    if (first > left) return 0;
    left -= first;
    return first;
  });
  for (const wanted of [heights.map(({ least }) => least), heights.map(({ most }) => most)])
    left = fill(given, { wanted, left });
  return given;
}

/** Gives a row a turn to each table that wants more. @returns what is left */
function fill(given: number[], room: { wanted: readonly number[]; left: number }): number {
  let { left } = room;
  const isHungry = (at: number) => (given[at] ?? 0) > 0 && (given[at] ?? 0) < (room.wanted[at] ?? 0);
  for (let hungry = TURNS.filter(isHungry); left > 0 && hungry.length > 0; hungry = TURNS.filter(isHungry)) {
    for (const at of hungry) {
      if (left === 0 || !isHungry(at)) continue;
      given[at] = (given[at] ?? 0) + 1;
      left -= 1;
    }
  }
  return left;
}
