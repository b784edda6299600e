import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, runMain, type Setting } from '@perfcollector/testing';
import { parse } from 'csv-parse/sync';
import { afterAll } from 'vitest';
import { main } from './main.ts';

export function runPcprocess(argv: readonly string[], setting?: Setting): Promise<Ran> {
  return runMain(main, argv, setting);
}

/** A place for the tests of one file, with a new directory for each that asks. */
export function testPlace() {
  const root = mkdtempSync(join(tmpdir(), 'pcprocess-test-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    /** A new directory. */
    dir: () => mkdtempSync(join(root, 'd-')),
    /** Writes lines, or bytes as they are, in a directory of its own; gives the path. */
    file(name: string, content: readonly string[] | string | Uint8Array): string {
      const path = join(mkdtempSync(join(root, 'f-')), name);
      writeFileSync(path, Array.isArray(content) ? textOf(content) : (content as string));
      return path;
    },
  };
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The first moment of the samples: 2026-01-09T18:10:48Z. */
export const START = 1_767_982_248;

type Fields = Readonly<Record<string, number | string>>;

/** A sample as a line; undefined parts are left out. */
export function sample(timestamp: number, fields: Fields, of: { machine?: string; run?: string; seq?: number } = {}) {
  const { machine = 'm', run, seq } = of;
  return JSON.stringify({ timestamp, run, seq, tags: { machine_id: machine }, fields });
}

/** Samples of machine `m`, ten seconds apart. */
export function series(...ticks: readonly Fields[]): string[] {
  return ticks.map((fields, at) => sample(START + 10 * at, fields));
}

/** A header as a line. */
export function header(run: string, rest: Readonly<Record<string, unknown>> = {}): string {
  const host = { hostname: 'h', cpus: 1, clock_ticks: 100 };
  const known = { collection: 1, run, identifier: 'm', started: START, interval: 10, host, agent: 'pcc 1.0.0' };
  return JSON.stringify({ ...known, labels: {}, ...rest });
}

/** The tables in an output directory: not what describes them. */
export function tablesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !['datapackage.json', 'quality.csv', 'events.csv'].includes(name))
    .sort();
}

/** A CSV as R sees it. */
export interface Csv {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The cells of one column, from the first row to the last. */
  column(name: string): string[];
}

export function readCsv(path: string): Csv {
  const [columns = [], ...records] = parse(readFileSync(path)) as string[][];
  const rows = records.map((record) => Object.fromEntries(record.map((cell, at) => [columns[at] ?? '', cell])));
  const column = (name: string) => {
    if (!columns.includes(name)) throw new Error(`there is no column ${name}`);
    return rows.map((row) => row[name] ?? '');
  };
  return { columns, rows, column };
}

/** The eight kinds of time that add up to all of it. */
export const CPU_SHARES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
