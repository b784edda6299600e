import { counted } from '@perfcollector/cli';
import {
  type Column,
  cut,
  drawTable,
  fixed,
  type Line,
  millions,
  NONE,
  percent,
  type Row,
  type Size,
  type Table,
  uptime,
} from '@perfcollector/cli/screen';
import type { Sort } from './controls.ts';
import type { Member } from './fleet.ts';

export interface Frame {
  readonly server: string;
  readonly members: readonly Member[];
  readonly sort: Sort;
  /** The last line; none where it is empty. */
  readonly status: string;
}

const natural = new Intl.Collator('en', { numeric: true });
/** What needs somebody comes first. */
const STATE_RANK = { gone: 0, late: 1, live: 2 } as const;

/** Largest first; what cannot be told comes last, and equal ones by their names. */
const MEASURES: Readonly<Record<Sort, (member: Member) => number | null>> = {
  cpu: ({ cpu }) => cpu,
  mem: ({ memory }) => memory,
  disk: ({ disk }) => disk,
  net: ({ net_bytes }) => net_bytes,
  name: () => null,
  state: ({ state }) => -STATE_RANK[state],
  last: ({ age }) => (age === null ? null : -age),
};

export function sorted(members: readonly Member[], sort: Sort): Member[] {
  const measure = (member: Member) => MEASURES[sort](member) ?? Number.NEGATIVE_INFINITY;
  const difference = (a: number, b: number) => (a === b ? 0 : b - a);
  return members.toSorted((a, b) => difference(measure(a), measure(b)) || natural.compare(a.id, b.id));
}

/** The lines of a frame: at most as many as the screen has, none wider than it. */
export function view({ server, members, sort, status }: Frame, { columns: width, rows }: Size): Line[] {
  const table = tableOf(sorted(members, sort));
  const last = status === '' ? [] : [{ text: cut(status, width) }];
  const lines = [
    { text: cut(headText(server, members), width) },
    ...drawTable(table, { width, height: rows - 1 - last.length }),
  ];
  const blanks = Number.isFinite(rows) ? Math.max(rows - last.length - lines.length, 0) : 0;
  return [...lines, ...Array<Line>(last.length > 0 ? blanks : 0).fill({ text: '' }), ...last];
}

function headText(server: string, members: readonly Member[]): string {
  const count = (state: Member['state']) => members.filter((member) => member.state === state).length;
  return `${server}  ${counted(members.length, 'machine')}: ${count('live')} live, ${count('late')} late, ${count('gone')} gone`;
}

const number = (heading: string, width: number): Column => ({ heading, width, side: 'right' });

function tableOf(members: readonly Member[]): Table {
  return {
    columns: [
      { heading: 'MACHINE', width: 12, side: 'left', grows: true },
      { heading: 'STATE', width: 5, side: 'left' },
      ...[number('LAST', 7), number('CPU %', 6), number('MEM %', 6), number('DISK %', 6)],
      ...[number('DISK MB/s', 9), number('NET MB/s', 8), number('LOAD', 6)],
    ],
    rows: members.map(rowOf),
  };
}

function rowOf({ id, state, age, cpu, memory, disk, disk_bytes, net_bytes, load }: Member): Row {
  const known = (value: number | null) => value ?? undefined;
  return [
    id,
    state,
    age === null ? NONE : ageText(age),
    ...[cpu, memory, disk].map((share) => percent(known(share))),
    ...[disk_bytes, net_bytes].map((bytes) => millions(known(bytes))),
    fixed(known(load), 2),
  ];
}

/** `5s`, `3m05s`, `2d03h` */
function ageText(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)}s` : uptime(seconds);
}
