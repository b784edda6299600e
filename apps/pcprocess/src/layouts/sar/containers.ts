import { counterDelta, isNa, type Na, na } from '@perfcollector/derive';
import type { FieldDescription } from '../layout.ts';
import { plainNumber } from '../plain-number.ts';
import { numberOf, type Stats } from './device-stats.ts';
import type { Span } from './spans.ts';
import type { SarCell, SarRow, SarTable } from './table.ts';

/** The names of containers, by their whole ids or by the first twelve characters of these. */
export type ContainerNames = ReadonlyMap<string, string>;

/** perfcollector2 tells no more than eight CPUs. */
const MOST_PERCENT = 800;
const CPU = ['cpu_usage_us', 'cpu_user_us', 'cpu_system_us'];

interface Seen {
  readonly timestamp: number;
  readonly stats: Stats;
}

const column = (name: string, unit: string, more: Partial<FieldDescription>): FieldDescription => ({
  ...{ name, type: unit === 'percent' ? 'number' : 'integer', unit, kind: 'gauge', derivation: 'value' },
  ...{ group: 'container', ...more },
});
const label = (name: string, description: string): FieldDescription => ({
  ...{ name, type: 'string', kind: 'label', group: 'container', description },
});
const cpu = (name: string, what: string): FieldDescription =>
  column(name, 'percent', { kind: 'counter', derivation: 'rate', description: `${what}, of one CPU.` });

/** A row for each container and sample; CPU use is that since the container was last seen. */
export function containerTable(names: ContainerNames): SarTable {
  const last = new Map<string, Seen>();
  return {
    path: 'containers.csv',
    group: 'container',
    blank: '',
    columns: [
      label('container_id', 'The whole id.'),
      label('container_name', 'The name; where it is unknown, the first twelve characters of the id.'),
      label('runtime', 'What runs it.'),
      cpu('cpu_percent', 'CPU time used'),
      cpu('cpu_user_percent', 'CPU time used in user mode'),
      cpu('cpu_system_percent', 'CPU time used in kernel mode'),
      column('memory_current_bytes', 'bytes', { description: 'Memory charged to it.' }),
      column('memory_max_bytes', 'bytes', { description: 'The limit of that memory.' }),
      column('memory_percent', 'percent', { description: 'Memory of the limit.' }),
      column('io_read_bytes', 'bytes', { kind: 'counter', description: 'Read so far, on all devices.' }),
      column('io_write_bytes', 'bytes', { kind: 'counter', description: 'Written so far, on all devices.' }),
      column('io_read_ops', 'count', { kind: 'counter', description: 'Reads so far.' }),
      column('io_write_ops', 'count', { kind: 'counter', description: 'Writes so far.' }),
      column('pids_current', 'count', { description: 'Tasks in it.' }),
    ],
    *rows(span): Generator<SarRow> {
      for (const [id, stats] of span.now) {
        yield { device: id, cells: cellsOf({ id, stats, before: last.get(id), names }, span), names: 3 };
        last.set(id, { timestamp: span.timestamp, stats });
      }
    },
  };
}

interface Container {
  readonly id: string;
  readonly stats: Stats;
  readonly before: Seen | undefined;
  readonly names: ContainerNames;
}

function cellsOf({ id, stats, before, names }: Container, span: Span): SarCell[] {
  const whole = String(stats.get('id') ?? id);
  const name = names.get(whole) ?? names.get(whole.slice(0, 12)) ?? stats.get('name') ?? whole.slice(0, 12);
  // A member that perfcollector2's line lacks counts as 0 for it: no limit, no I/O yet. This suite leaves out what it does not know.
  const missing = span.header ? na('absent') : 0;
  const of = (stat: string): SarCell => stats.get(stat) ?? missing;
  return [
    ...[whole, name, stats.get('runtime') ?? ''],
    ...cpuPercents(stats, before, span),
    ...[of('memory_current'), of('memory_max'), memoryPercent(stats, missing)],
    ...['io_read_bytes', 'io_write_bytes', 'io_read_ops', 'io_write_ops', 'pids_current'].map(of),
  ];
}

function cpuPercents(stats: Stats, before: Seen | undefined, { timestamp, header, interval }: Span): SarCell[] {
  const seconds = before ? timestamp - before.timestamp : 0;
  const deltas = CPU.map((stat) => counterDelta(before?.stats.get(stat), stats.get(stat)));
  const most = header ? Number.POSITIVE_INFINITY : MOST_PERCENT;
  const reason = unsure(interval, before) ?? noBase(deltas, before) ?? (seconds > 0 ? undefined : na('clock_step'));
  return deltas.map((delta) => {
    const none = reason ?? (isNa(delta) ? delta : undefined);
    return none ?? rounded(Math.min((Number(delta) / 1e6 / seconds) * 100, most));
  });
}

function noBase(deltas: readonly (number | Na)[], before: Seen | undefined): Na | undefined {
  if (!before) return na('new_device');
  return deltas.some((delta) => !isNa(delta) && delta < 0) ? na('reset') : undefined;
}

/** Nobody knows the length of an interval across a suspend or a change of the clock. */
function unsure(interval: Span['interval'], before: Seen | undefined): Na | undefined {
  return isNa(interval) && !(interval.na === 'first' && before) ? interval : undefined;
}

function memoryPercent(stats: Stats, missing: Na | 0): SarCell {
  const [current, most] = [numberOf(stats, 'memory_current'), numberOf(stats, 'memory_max')];
  if (most === undefined || most === 0 || current === undefined) return missing === 0 ? rounded(0) : missing;
  return rounded((current / most) * 100);
}

/** Two places, a tie to the even one, as Python prints it: a tie in binary is an odd number of eighths. */
function rounded(percent: number): string {
  const eighths = percent * 8;
  const isTie = Number.isInteger(eighths) && Math.abs(eighths % 2) === 1;
  if (percent >= 1e21) return plainNumber(percent); // toFixed would give an exponent
  if (!isTie) return percent.toFixed(2);
  const hundredths = Math.floor(percent * 100);
  return ((hundredths % 2 === 0 ? hundredths : hundredths + 1) / 100).toFixed(2);
}
