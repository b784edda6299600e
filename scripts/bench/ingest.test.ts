import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLine } from '../../packages/collection/src/index.ts';
import { decimalFields, importBodies, influxBodies, trickleBodies, uploadBodies } from './ingest/bodies.ts';
import { generateMachine, INTERVAL_SECONDS } from './ingest/fleet.ts';
import { fleetFields } from './ingest/fleet-fields.ts';
import { countValues, inGroups, type Machine } from './ingest/machine.ts';
import { report } from './ingest/report.ts';
import { bytesBelow } from './ingest/server.ts';
import { percentile } from './statistics.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-ingest-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HOUR = { from: 1_767_982_800, samples: 360 };

describe('a generated machine', () => {
  const machine = generateMachine(3, HOUR);
  const samples = machine.samples().toArray();

  test('is the same for the same seed and another one for another', () => {
    expect(generateMachine(3, HOUR).samples().toArray()).toEqual(samples);
    expect(generateMachine(4, HOUR).samples().toArray()).not.toEqual(samples);
  });

  test('has 300 fields, in lines as a collection has them, ten seconds apart', () => {
    expect(new Set(fleetFields().map(({ name }) => name)).size).toBe(300);
    for (const sample of samples) {
      expect(checkLine(sample).kind).toBe('sample');
      expect(Object.keys(sample.fields)).toHaveLength(300);
    }
    expect(samples.map(({ seq }) => seq)).toEqual(samples.map((_, at) => at + 1));
    const [first, last] = [samples.at(0)?.timestamp ?? 0, samples.at(-1)?.timestamp ?? 0];
    expect(Math.round((last - first) / INTERVAL_SECONDS)).toBe(359);
  });

  test('that was off for a while goes on later with the same values', () => {
    const paused = generateMachine(3, { ...HOUR, pause: { after: 100, seconds: 3600 } })
      .samples()
      .toArray();
    const later = samples.map((sample, at) => Math.round(sample.timestamp * 1000) + (at < 100 ? 0 : 3_600_000));
    expect(paused.map(({ timestamp }) => Math.round(timestamp * 1000))).toEqual(later);
    expect(paused.map(({ fields }) => fields)).toEqual(samples.map(({ fields }) => fields));
  });

  test('moves as real machines do, and its counters never fall', () => {
    const counters = new Set(fleetFields().flatMap(({ name, isCounter }) => (isCounter ? [name] : [])));
    let [moved, fell] = [0, 0];
    for (const [at, { fields }] of samples.entries()) {
      const before = samples[at - 1]?.fields ?? fields;
      for (const name in fields) if (fields[name] !== before[name]) moved += 1;
      for (const name of counters) if (Number(fields[name]) < Number(before[name])) fell += 1;
    }
    expect(fell).toBe(0);
    const share = moved / (359 * 300);
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.25);
  });
});

describe('every protocol carries every value', () => {
  const machine = generateMachine(1, { ...HOUR, samples: 130 });
  const values = countValues([machine]);

  test('trickle', () => {
    const bodies = [...trickleBodies(machine)].map(({ bytes }) => JSON.parse(zstdDecompressSync(bytes).toString()));
    expect(bodies.every(({ identifier }) => identifier === machine.identifier)).toBe(true);
    expect(bodies.flatMap(({ measurements }) => measurements)).toEqual([machine.header, ...machine.samples()]);
  });

  test('upload', () => {
    const [{ bytes } = { bytes: Buffer.alloc(0) }, ...more] = uploadBodies(machine);
    expect(more).toEqual([]);
    const lines = zstdDecompressSync(bytes).toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([machine.header, ...machine.samples()]);
  });

  test('import', () => {
    const lines = [...importBodies(machine)].flatMap(({ bytes }) => bytes.toString().trim().split('\n'));
    const series = lines.map((line) => JSON.parse(line) as { values: number[]; timestamps: number[] });
    expect(series.reduce((sum, one) => sum + one.values.length, 0)).toBe(values);
    const times = machine.samples().map(({ timestamp }) => Math.round(timestamp * 1000));
    expect(series[0]?.timestamps).toEqual(times.toArray());
  });

  test('influx lines, with one type a field', () => {
    const decimal = decimalFields([machine]);
    expect(decimal).toContain('loadavg_1min');
    expect(decimal).not.toContain('cpu_user');
    const lines = [...influxBodies(machine, { decimal })].flatMap(({ bytes }) => bytes.toString().trim().split('\n'));
    expect(lines).toHaveLength(130);
    expect(lines.reduce((sum, line) => sum + (line.match(/=[\d.]+i?[, ]/g) ?? []).length, 0)).toBe(values);
    for (const line of lines) expect(line).toMatch(/^pc,machine=bench-0001 cpu_user=\d+i,.* 17679\d{8}$/);
  });
});

test('text is no value, and no server but pcd is sent it', () => {
  const fields = { up: 1, 'fs_/a b_files': 2, state: 'running' };
  const machine: Machine = { identifier: 'm', samples: () => [{ timestamp: 1.5, fields }].values() };
  expect(countValues([machine])).toBe(2);
  const bodies = [...influxBodies(machine, { decimal: new Set(['up']) })];
  expect(bodies.map(({ bytes }) => bytes.toString())).toEqual(['pc,machine=m up=1,fs_/a\\ b_files=2i 1500\n']);
});

test('groups, percentiles, and the bytes of a directory', () => {
  expect([...inGroups([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100]);
  expect(percentile([], 0.99)).toBeNaN();
  const path = mkdtempSync(join(directory, 'bytes-'));
  writeFileSync(join(path, 'a'), 'four');
  expect(bytesBelow(path)).toBe(4);
  expect(bytesBelow(directory, path.slice(directory.length + 1))).toBe(0);
});

test('peers that are not installed are named, with the package that brings them', () => {
  const cost = {
    values: 300,
    cpuSeconds: 1,
    valuesPerCpuSecond: 300,
    wallSeconds: 1,
    bytes: 9,
    requests: 1,
    putOff: 0,
  };
  const runs = [{ server: 'pcd', protocol: 'trickle, zstd', ...cost }] as const;
  const said = report({ throughput: { machines: 1, hours: 1, runs } });
  expect(said).toMatch(/VictoriaMetrics is not installed \(Debian: victoria-metrics\)/);
  expect(said).toMatch(/InfluxDB is not installed \(Debian: influxdb\)/);
  expect(said).toMatch(/^values a second of processor time +0\.00 M +>= 1\.60 M +missed$/m);
});

test('the bench loads pcd with a fleet, prints what was measured beside its target, and writes it for programs', async () => {
  const output = join(directory, 'results/ingest.json');
  const args = ['--quick', '--only', 'fleet', '--minutes', '0', '--preloaded', '2', '--output', output];
  const child = spawn('node_modules/.bin/node', ['scripts/bench/ingest.ts', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^the same, p99 of 150 +\d+\.\d ms +<= 100\.0 ms +(met|missed)$/m);
  const { fleet } = JSON.parse(readFileSync(output, 'utf8'));
  expect(fleet.latency.requests).toBe(150); // 50 hosts, three samples each, all of them acknowledged
  expect(fleet.before.requests + fleet.sealing.requests).toBe(150);
  expect(fleet.refused).toEqual({});
});
