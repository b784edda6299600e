import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { canMount, smallDisk } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLine, type Sample } from '../../packages/collection/src/index.ts';
import type { Bench } from './agent-run.ts';
import { Children } from './child.ts';
import { fleetFields } from './ingest/fleet-fields.ts';
import { collectionLines, collectionOf } from './process/collection.ts';
import { report } from './process/report.ts';
import { type Converter, convertOnce, runMeasured } from './process/run-measured.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-process-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the collection', () => {
  const lines = [...collectionLines(600)];
  const samples = lines.slice(1).map((line) => JSON.parse(line) as Sample);
  const values = (name: string) => samples.map(({ fields }) => Number(fields[name]));
  const steps = (name: string) =>
    values(name).flatMap((value, at, all) => (at === 0 ? [] : [value - (all[at - 1] ?? 0)]));

  test('is a header and samples as pcc writes them, up to 4 ms after each second, and the same every time', () => {
    expect(lines.map((line) => checkLine(JSON.parse(line)).kind)).toEqual(['header', ...samples.map(() => 'sample')]);
    for (const [at, { timestamp, seq, fields }] of samples.entries()) {
      expect(seq).toBe(at + 1);
      expect(Object.keys(fields)).toHaveLength(300);
      expect(timestamp - Math.floor(timestamp)).toBeLessThan(0.0045);
      expect(Math.floor(timestamp)).toBe(Math.floor(samples[0]?.timestamp ?? 0) + at);
    }
    expect([...collectionLines(600)]).toEqual(lines);
  });

  test('has counters that never fall, and in a second about half of them stand still', () => {
    const counters = fleetFields().flatMap(({ name, isCounter }) => (isCounter ? [name] : []));
    const moves = counters.flatMap(steps);
    expect(Math.min(...moves)).toBe(0);
    const share = moves.filter((step) => step > 0).length / moves.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  test('has processors that fill their ticks', () => {
    const stats = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
    for (const [cpu, ticks] of [
      ['cpu', 200],
      ['cpu0', 100],
      ['cpu1', 100],
    ] as const) {
      const all = stats.map((stat) => steps(`${cpu}_${stat}`));
      for (let at = 0; at < 599; at++) expect(all.reduce((sum, one) => sum + (one[at] ?? 0), 0)).toBe(ticks);
    }
  });

  test('is made once; one that another bench made is made anew', async () => {
    const place = mkdtempSync(join(directory, 'kept-'));
    const { path, bytes } = await collectionOf('c', 50, place);
    const made = statSync(path);
    expect(readFileSync(path, 'utf8')).toBe([...collectionLines(50)].join(''));
    expect(await collectionOf('c', 50, place)).toEqual({ path, bytes, samples: 50 });
    expect(statSync(path).ino).toBe(made.ino);
    await collectionOf('c', 60, place);
    expect(readFileSync(path, 'utf8')).toBe([...collectionLines(60)].join(''));
    expect(readdirSync(place)).toEqual(['c.json']);
  });

  test.skipIf(!canMount)('is refused where it has no room', async () => {
    const disk = smallDisk('size=1m');
    await expect(collectionOf('c', 86_400, disk)).rejects.toThrow(/has 0\.0 GB free; 3\.1 GB are needed: set TMPDIR/);
    expect(readdirSync(disk)).toEqual([]);
  });
});

describe('a run', () => {
  async function inBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
    await using children = new Children();
    const own = mkdtempSync(join(directory, 'run-'));
    return await work({
      children,
      stopped: new AbortController().signal,
      directory: own,
      isQuick: true,
      agentArgs: [],
    });
  }

  test('costs the processor time and the memory of the process and of those that it starts', async () => {
    const work = `
      const { spawnSync } = require('node:child_process');
      if (process.argv[1]) {
        const held = Buffer.alloc(150e6, 1);
        for (const end = Date.now() + 400; Date.now() < end; ) held[0]++;
      } else spawnSync(process.execPath, ['--eval', process.env.WORK, 'child']);
    `;
    process.env.WORK = work;
    const cost = await inBench((bench) => runMeasured(bench, [process.execPath, '--eval', work]));
    delete process.env.WORK;
    expect(cost.wallSeconds).toBeGreaterThan(0.4);
    expect(cost.cpuSeconds).toBeGreaterThan(0.1); // the machine may have been busy with others meanwhile
    expect(cost.peakMb).toBeGreaterThan(150 + 40); // with the Node that waits
  });

  const shell = (script: string): Converter => ({
    name: 'a shell',
    command: (_, out) => ['sh', '-c', `cd '${out}' && ${script}`],
  });
  const convert = (script: string) =>
    inBench((bench) => convertOnce(bench, shell(script), { path: '/dev/null', samples: 2 }));

  test('tells of the table that was written', async () => {
    const { csv } = await convert(String.raw`printf 'a,b,c\n1,2,3\n4,5,6\n' > table.csv; echo few > notes.csv`);
    expect(csv).toEqual({ bytes: 18, rows: 2, columns: 3 });
  });

  test.each([
    ['fails', 'echo no good >&2; exit 3', /^sh ended with 3: no good\n$/],
    ['writes too few rows', String.raw`printf 'a\n1\n' > table.csv`, /^a shell wrote 1 rows for 2 samples$/],
    ['writes no table', 'true', /^no CSV was written into /],
  ])('that %s is no measurement', async (_, script, message) => {
    await expect(convert(script)).rejects.toThrow(message);
  });
});

test('peers that are not there are named, with what brings them', () => {
  const csv = { bytes: 1, rows: 1, columns: 1 };
  const own = { name: 'pcprocess', runs: [], wallSeconds: 2, leastWallSeconds: 2, cpuSeconds: 2, peakMb: 251, csv };
  const day = { samples: 86_400, bytes: 7e8, whole: [own, own], half: own, missing: 'no DuckDB', loadBefore: 0 };
  const said = report({ day, hour: { samples: 3600, own, r: undefined, missing: 'no R' } });
  expect(said).toMatch(/^no DuckDB$/m);
  expect(said).toMatch(/^no R$/m);
  expect(said).toMatch(/^peak memory +251 MB +<= 250 MB +missed$/m);
  expect(said).not.toContain('of that of');
});

test('the bench converts beside DuckDB, prints what was measured beside its target, and writes it for programs', async () => {
  const output = join(directory, 'results/process.json');
  const kept = join(directory, 'tmp');
  mkdirSync(kept);
  writeFileSync(join(kept, 'of another'), '');
  const child = spawn(
    'node_modules/.bin/node',
    ['scripts/bench/process.ts', '--quick', '--only', 'day,help', '--output', output],
    { cwd: root, env: { ...process.env, TMPDIR: kept }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^wall time for 2000 samples, of that of DuckDB, .* \d+\.\d\d× +<= 1\.00× +(met|missed)$/m);
  expect(stdout).toMatch(/^--help, .* \d+ ms +<= 100 ms +(met|missed)$/m);
  const { day, help } = JSON.parse(readFileSync(output, 'utf8'));
  expect(day.whole.map(({ csv }: { csv: { rows: number } }) => csv.rows)).toEqual(Array(5).fill(2000));
  expect(day.half.csv.rows).toBe(1000);
  expect(help.milliseconds).toHaveLength(3);
  expect(readdirSync(kept).sort()).toEqual(['bench-process', 'of another']);
  expect(readdirSync(join(kept, 'bench-process')).sort()).toEqual(['quick-day.json', 'quick-half.json']);
});
