/** What each server is sent: the same samples, in its own best protocol. */
import { constants, zstdCompressSync } from 'node:zlib';
import type { Sample } from '../../../packages/collection/src/index.ts';
import { inGroups, type Machine } from './machine.ts';

export interface Body {
  readonly bytes: Buffer;
  readonly encoding?: 'zstd' | 'gzip';
}

/** A request of an agent that sends what has waited. */
const SAMPLES_A_TRICKLE = 60;
const ZSTD = { params: { [constants.ZSTD_c_windowLog]: 17 } };

export function* trickleBodies(machine: Machine, samplesEach = SAMPLES_A_TRICKLE): Generator<Body> {
  const { identifier } = machine;
  let header: object[] = machine.header ? [machine.header] : [];
  for (const samples of inGroups(machine.samples(), samplesEach)) {
    const text = JSON.stringify({ identifier, measurements: [...header, ...samples] });
    yield { bytes: zstdCompressSync(text, ZSTD), encoding: 'zstd' };
    header = [];
  }
}

/** A whole collection, as `pcctl upload` sends it. */
export function* uploadBodies({ header, samples }: Machine): Generator<Body> {
  const lines = [...(header ? [header] : []), ...samples()].map((line) => `${JSON.stringify(line)}\n`);
  yield { bytes: zstdCompressSync(lines.join('')) };
}

/** How many samples go into one request where a server takes any number. */
const SAMPLES_A_BATCH = 360;

/** VictoriaMetrics: one line a series, with many values in it. */
export function* importBodies({ identifier, samples }: Machine): Generator<Body> {
  for (const group of inGroups(samples(), SAMPLES_A_BATCH)) {
    yield {
      bytes: Buffer.from(
        columnsOf(group)
          .map((column) => importLine(identifier, column))
          .join(''),
      ),
    };
  }
}

interface Column {
  readonly name: string;
  readonly values: number[];
  readonly milliseconds: number[];
}

function columnsOf(samples: readonly Sample[]): Column[] {
  const columns = new Map<string, Column>();
  for (const { timestamp, fields } of samples) {
    const milliseconds = Math.round(timestamp * 1000);
    for (const name in fields) {
      const value = fields[name];
      if (typeof value !== 'number') continue;
      const column = columns.get(name) ?? { name, values: [], milliseconds: [] };
      if (column.values.length === 0) columns.set(name, column);
      column.values.push(value);
      column.milliseconds.push(milliseconds);
    }
  }
  return [...columns.values()];
}

function importLine(machine: string, { name, values, milliseconds }: Column): string {
  const metric = JSON.stringify({ __name__: name, machine });
  return `{"metric":${metric},"values":[${values.join()}],"timestamps":[${milliseconds.join()}]}\n`;
}

export interface InfluxOptions {
  /** Fields that hold decimals in some sample: a field has one type for ever. */
  readonly decimal: ReadonlySet<string>;
}

/** InfluxDB's line protocol: one line a sample, with all its fields. */
export function* influxBodies({ identifier, samples }: Machine, { decimal }: InfluxOptions): Generator<Body> {
  for (const group of inGroups(samples(), SAMPLES_A_TRICKLE)) {
    yield { bytes: Buffer.from(group.map((sample) => influxLine(identifier, sample, decimal)).join('')) };
  }
}

function influxLine(machine: string, { timestamp, fields }: Sample, decimal: ReadonlySet<string>): string {
  const parts: string[] = [];
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'number') parts.push(`${escaped(name)}=${value}${decimal.has(name) ? '' : 'i'}`);
  }
  return `pc,machine=${machine} ${parts.join()} ${Math.round(timestamp * 1000)}\n`;
}

function escaped(name: string): string {
  return /[ ,=]/.test(name) ? name.replace(/[ ,=]/g, '\\$&') : name;
}

export function decimalFields(machines: readonly Machine[]): Set<string> {
  const found = new Set<string>();
  for (const machine of machines) {
    for (const { fields } of machine.samples()) {
      for (const name in fields)
        if (typeof fields[name] === 'number' && !Number.isInteger(fields[name])) found.add(name);
    }
  }
  return found;
}
