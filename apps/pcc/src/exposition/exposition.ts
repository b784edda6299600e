import type { Sample } from '@perfcollector/collection';
import { describeField, type FieldValue } from '@perfcollector/procfs';
import { type ExposedHost, type Series, seriesOf } from './names.ts';

export type Format = 'prometheus' | 'openmetrics';

/** A metric with all its series: they must stand together. */
interface Family {
  readonly isCounter: boolean;
  readonly help: string;
  readonly lines: string[];
}

/**
 * A sample as Prometheus reads it.
 * https://prometheus.io/docs/instrumenting/exposition_formats, https://prometheus.io/docs/specs/om/open_metrics_spec
 */
export function expose({ timestamp, fields }: Sample, host: ExposedHost, format: Format): string {
  const families = new Map<string, Family>();
  const add = (series: Series, value: FieldValue, about: { isCounter: boolean; help: string }) => {
    const family = families.get(series.name) ?? { ...about, lines: [] };
    families.set(series.name, family);
    family.lines.push(`${series.name}${labelText(series.labels)} ${scaled(value, series.scale)}\n`);
  };
  for (const [name, value] of Object.entries(fields)) {
    const info = describeField(name);
    const series = info && seriesOf(info, host);
    if (info && series) add(series, value, { isCounter: info.spec.kind === 'counter', help: info.spec.about });
  }
  const addGauge = (series: Omit<Series, 'scale'>, value: number, help: string) =>
    add({ ...series, scale: 1 }, value, { isCounter: false, help });
  for (const [series, value] of fileSystemSizes(fields)) addGauge(series, value, SIZE_HELP);
  for (const [series, value] of socketMemory(fields, host)) addGauge(series, value, MEMORY_HELP);
  if (host.uname) addGauge({ name: 'node_uname_info', labels: host.uname }, 1, 'The system, as uname(2) names it.');
  for (const name of ['node_time_seconds', 'pcc_sample_timestamp_seconds'])
    addGauge({ name, labels: {} }, timestamp, 'When this sample was taken, Unix time.');
  const texts = Array.from(families, ([name, family]) => familyText(name, family, format));
  return `${texts.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

function familyText(name: string, { isCounter, help, lines }: Family, format: Format): string {
  // OpenMetrics calls a counter without its _total; one that has none (node_vmstat_…) is of no known type there.
  const isTotal = name.endsWith('_total');
  const called = format === 'openmetrics' && isCounter && isTotal ? name.slice(0, -'_total'.length) : name;
  const untyped = format === 'openmetrics' ? 'unknown' : 'untyped';
  const type = isCounter ? (isTotal ? 'counter' : untyped) : 'gauge';
  return `# HELP ${called} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${called} ${type}\n${lines.join('')}`;
}

function labelText(labels: Series['labels']): string {
  const pairs = Object.entries(labels).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}="${escapeLabel(value)}"`],
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

/** Prometheus' numbers are doubles; a count that is not scaled keeps all its digits on the way there. */
function scaled(value: FieldValue, scale: number): string {
  return scale === 1 ? String(value) : String(Number(value) * scale);
}

const SIZE_HELP = 'File system size in bytes.';
const SIZES = { blocks_total: 'size', blocks_free: 'free', blocks_available: 'avail' };

/** Sizes in bytes take two fields: blocks, and how large one is. */
function* fileSystemSizes(fields: Sample['fields']): Generator<[Omit<Series, 'scale'>, number]> {
  for (const [name, blockSize] of Object.entries(fields)) {
    const info = describeField(name);
    if (info?.groupSpec.group !== 'fs' || info.stat !== 'block_size') continue;
    for (const [stat, word] of Object.entries(SIZES)) {
      const blocks = fields[`fs_${info.device}_${stat}`];
      const series = { name: `node_filesystem_${word}_bytes`, labels: { mountpoint: info.device } };
      if (blocks !== undefined) yield [series, Number(blocks) * Number(blockSize)];
    }
  }
}

const MEMORY_HELP = 'Memory that sockets of this protocol hold for data, in bytes.';

/** The kernel counts it in pages. */
function* socketMemory(
  fields: Sample['fields'],
  { pageSize }: ExposedHost,
): Generator<[Omit<Series, 'scale'>, number]> {
  if (pageSize === undefined) return;
  for (const protocol of ['TCP', 'UDP']) {
    const pages = fields[`sockstat_${protocol.toLowerCase()}_mem`];
    if (pages === undefined) continue;
    yield [{ name: `node_sockstat_${protocol}_mem_bytes`, labels: {} }, Number(pages) * pageSize];
  }
}
