import { formatTable } from '@perfcollector/cli';
import type { Cost, CpuResult } from './cpu.ts';
import type { MemoryResult } from './memory.ts';
import type { StartResult } from './start.ts';
import type { WireResult } from './wire.ts';

export interface Results {
  readonly start?: StartResult;
  readonly cpu?: CpuResult;
  readonly wire?: WireResult;
  readonly memory?: readonly MemoryResult[];
}

/** What pcc is meant to stay within. */
const TARGETS = {
  ofNodeExporter: 1 / 10,
  ofPread: 3,
  sharePercent: 0.2,
  startMs: 150,
  wireBytes: 4000,
  memory: { local: { anonymous: 16, total: 60 }, trickle: { anonymous: 28, total: 72 } },
} as const;

type Row = readonly [what: string, measured: string, target: string, verdict: string];

export function report({ start, cpu, wire, memory }: Results): string {
  const tables = cpu ? [costTable(`Processor time a sample, every ${cpu.intervalMs} ms`, cpu.costs)] : [];
  if (cpu) tables.push(costTable('Processor time a sample, once a second', cpu.atOneHertz), ...cpu.missing);
  const rows = [
    ...(start ? startRows(start) : []),
    ...(cpu ? cpuRows(cpu) : []),
    ...(wire ? wireRows(wire) : []),
    ...(memory ?? []).flatMap(memoryRows),
  ];
  return [...tables, formatTable([['MEASURED', 'VALUE', 'TARGET', ''], ...rows])].join('\n');
}

function costTable(title: string, costs: readonly Cost[]): string {
  const own = find(costs, 'pcc');
  const rows = costs.map(({ name, microseconds }) => [
    name,
    Math.round(microseconds),
    own === undefined ? '' : (own / microseconds).toFixed(2),
  ]);
  return `${title}\n${formatTable([['PROGRAM', 'µs', 'pcc IS TIMES THIS'], ...rows])}`;
}

function find(costs: readonly Cost[], wanted: Cost['peer']): number | undefined {
  return costs.find(({ peer }) => peer === wanted)?.microseconds;
}

function row(what: string, value: number, target: number, show: (value: number) => string): Row {
  return [what, show(value), `<= ${show(target)}`, value <= target ? 'met' : 'missed'];
}

function ratioRow(costs: readonly Cost[], peer: Cost['peer'], target: number): Row[] {
  const [own, other] = [find(costs, 'pcc'), find(costs, peer)];
  const name = costs.find((cost) => cost.peer === peer)?.name;
  return own && other
    ? [row(`processor time, of that of ${name}`, own / other, target, (ratio) => `${ratio.toFixed(2)}×`)]
    : [];
}

function cpuRows({ costs, atOneHertz }: CpuResult): Row[] {
  const own = find(atOneHertz, 'pcc');
  return [
    ...ratioRow(costs, 'nodeExporter', TARGETS.ofNodeExporter),
    ...ratioRow(costs, 'pread', TARGETS.ofPread),
    ...(own === undefined
      ? []
      : [
          row('share of one processor at 1 Hz', own / 10_000, TARGETS.sharePercent, (share) => `${share.toFixed(3)} %`),
        ]),
  ];
}

function startRows({ median, bareNodeMedian }: StartResult): Row[] {
  const bare = `${Math.round(bareNodeMedian)} ms`;
  return [
    row(
      `start to first sample (a Node that does nothing: ${bare})`,
      median,
      TARGETS.startMs,
      (ms) => `${Math.round(ms)} ms`,
    ),
  ];
}

function wireRows({ fields, sent, received, scaled }: WireResult): Row[] {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(2)} kB/s`;
  return [
    [`wire at 1 Hz, ${fields} fields, sent and received`, kilobytes(sent + received), '', ''],
    row('the same in proportion to 300 fields', scaled, TARGETS.wireBytes, kilobytes),
  ];
}

function memoryRows({ mode, samples, highest, settled, growth }: MemoryResult): Row[] {
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  const target = TARGETS.memory[mode];
  return [
    row(`${mode}: anonymous memory, highest in ${samples} samples`, highest.anonymous, target.anonymous, mb),
    row(`${mode}: resident memory, highest in ${samples} samples`, highest.total, target.total, mb),
    [`${mode}: the same in the second half, middle`, `${mb(settled.anonymous)}, ${mb(settled.total)}`, '', ''],
    [`${mode}: growth in the second half, a thousand samples`, `${growth.toFixed(3)} MB`, '', ''],
  ];
}
