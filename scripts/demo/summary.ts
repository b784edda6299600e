import { readFileSync } from 'node:fs';
import { formatBytes, formatTable } from '@perfcollector/cli';
import { parse } from 'csv-parse/sync';

type Row = Readonly<Record<string, string>>;

/** A small table of what a wide CSV says of CPU, memory, disk and network. */
export function summarize(path: string): string {
  const rows = parse(readFileSync(path, 'utf8'), { columns: true }) as Row[];
  const disk = busiest(rows, /^disk_(.+)_(?:read|write)_sectors_per_second$/);
  const net = busiest(rows, /^net_(?!lo_)(.+)_(?:rx|tx)_bytes_per_second$/);
  const sectors = (column: string) => figures(rows, column, (value) => `${formatBytes(Math.round(value * 512))}/s`);
  const bytes = (column: string) => figures(rows, column, (value) => `${formatBytes(Math.round(value))}/s`);
  const percent = (column: string) => figures(rows, column, (value) => `${value.toFixed(1)} %`);
  const memory = (column: string) => figures(rows, column, (value) => formatBytes(value * 1024));
  return formatTable([
    [`${rows.length} samples`, 'MEAN', 'MAX'],
    ['CPU user', ...percent('cpu_user')],
    ['CPU system', ...percent('cpu_system')],
    ['CPU iowait', ...percent('cpu_iowait')],
    ['CPU idle', ...percent('cpu_idle')],
    ['memory available', ...memory('mem_available')],
    ['memory free', ...memory('mem_free')],
    ...(disk === undefined
      ? []
      : [
          [`disk ${disk} read`, ...sectors(`disk_${disk}_read_sectors_per_second`)],
          [`disk ${disk} written`, ...sectors(`disk_${disk}_write_sectors_per_second`)],
        ]),
    ...(net === undefined
      ? []
      : [
          [`net ${net} received`, ...bytes(`net_${net}_rx_bytes_per_second`)],
          [`net ${net} sent`, ...bytes(`net_${net}_tx_bytes_per_second`)],
        ]),
  ]);
}

/** Mean and largest of a column's values; NA where it has none. */
function figures(rows: readonly Row[], column: string, format: (value: number) => string): [string, string] {
  const values = numbers(rows, column);
  if (values.length === 0) return ['NA', 'NA'];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [format(mean), format(Math.max(...values))];
}

function numbers(rows: readonly Row[], column: string): number[] {
  return rows.flatMap((row) => (row[column] === undefined || row[column] === 'NA' ? [] : [Number(row[column])]));
}

/** The device that moved most; where none moved, the one whose counters are highest. */
function busiest(rows: readonly Row[], pattern: RegExp): string | undefined {
  const total = new Map<string, number>();
  for (const column of Object.keys(rows[0] ?? {})) {
    const device = pattern.exec(column)?.[1];
    if (device === undefined) continue;
    const moved = numbers(rows, column).reduce((sum, value) => sum + value, 0);
    const sinceBoot = Number(rows[0]?.[column.replace(/_per_second$/, '')]);
    total.set(device, (total.get(device) ?? 0) + moved + sinceBoot * 1e-12);
  }
  return [...total].sort(([, a], [, b]) => b - a)[0]?.[0];
}
