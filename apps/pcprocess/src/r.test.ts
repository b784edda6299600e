import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { CPU_SHARES, header, runPcprocess, START, sample, series, testPlace } from './test-run.ts';

const place = testPlace();

/** Without R these tests are skipped at a developer's desk, and fail in CI. */
const isSkipped = spawnSync('Rscript', ['--version']).status !== 0 && !process.env.CI;

/** What R finds in a CSV that it reads without being told anything about it. */
interface Found {
  readonly rows: number;
  readonly columns: number;
  /** Columns that are neither numbers nor without any value. */
  readonly text: readonly string[];
  /** For how many rows there are CPU shares, and how far from 100 the sum of one is at most. */
  readonly shares: number;
  readonly error: number;
}

const SCRIPT = `
  d <- read.csv(commandArgs(TRUE)[1])
  is_text <- sapply(d, function(x) !is.numeric(x) && !all(is.na(x)))
  shares <- intersect(c(${CPU_SHARES.map((stat) => `"cpu_${stat}"`).join(', ')}), names(d))
  sums <- if (length(shares) > 0) rowSums(d[shares]) else numeric(0)
  sums <- sums[!is.na(sums)]
  cat(nrow(d), ncol(d), length(sums), format(max(0, abs(sums - 100)), digits = 17), names(d)[is_text], sep = "\\n")
`;

function readInR(path: string): Found {
  const printed = execFileSync('Rscript', ['--vanilla', '-e', SCRIPT, path], { encoding: 'utf8' });
  const [rows, columns, shares, error, ...text] = printed.trimEnd().split('\n');
  return { rows: Number(rows), columns: Number(columns), shares: Number(shares), error: Number(error), text };
}

/** Converts a collection; gives the path of the CSV of the machine `m`. */
async function csvOf(collection: string): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([collection, '--outdir', outdir, '--identifier', 'm']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return join(outdir, 'm.csv');
}

function headingOf(csv: string): number {
  return readFileSync(csv, 'utf8').split('\n')[0]?.split(',').length ?? 0;
}

describe.skipIf(isSkipped)('R reads the CSV as it is', () => {
  test('of this host, recorded just now', async () => {
    const collection = join(place.dir(), 'now.json');
    const argv = ['--frequency', '100ms', '--duration', '2s', '--identifier', 'm', '--collection', collection];
    execFileSync(bin('pcc'), argv, { stdio: 'ignore' });
    const samples = readFileSync(collection, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"fields"')).length;
    const csv = await csvOf(collection);
    const found = readInR(csv);
    expect(found).toMatchObject({ rows: samples, columns: headingOf(csv), text: ['machine_id'] });
    expect(samples).toBeGreaterThanOrEqual(3);
    expect(found.shares).toBeGreaterThan(0);
    expect(found.error).toBeLessThan(0.1);
  });

  test('with NA, numbers above 2^53, tiny rates, a late device and a reboot: numbers all the same', async () => {
    const tick = (ticks: number, rx: string) => ({
      cpu_user: ticks,
      cpu_nice: 0,
      cpu_system: 0,
      cpu_idle: ticks,
      net_eth0_rx_bytes: rx,
    });
    const lines = [
      header('r'),
      ...series(tick(100, '9007199254740993'), tick(200, '9007199254740994'), tick(1, '5')),
      sample(START + 1e6, { ...tick(90, '6'), disk_sdb_reads: 1 }),
    ];
    const csv = await csvOf(place.file('c.json', lines));
    expect(readFileSync(csv, 'utf8')).toMatch(/,NA,.*\n.*,9007199254740994,/);
    expect(readInR(csv)).toEqual({ rows: 4, columns: 10, text: ['machine_id'], shares: 2, error: expect.any(Number) });
  });

  test('with labels that hold commas, quotes and line feeds: each is one cell, and the rows are as many', async () => {
    const labels = ['a,b', '"', 'x\ny', "it's", '#'];
    const lines = series(...labels.map((label, at) => ({ zzz_label: label, zzz_number: at })));
    const found = readInR(await csvOf(place.file('c.json', lines)));
    expect(found).toMatchObject({ rows: 5, columns: 4, text: ['machine_id', 'zzz_label'] });
  });

  describe.skipIf(!hasUpstream)('of what perfcollector2 recorded', () => {
    test.each([
      ['azure-cpuinfo/loadtest-cpuinfo.json', 18],
      ['azure-suse/pcc_collection.json', 132],
    ])('%s: %d rows of numbers, and CPU shares in all but the first', async (name, rows) => {
      const csv = await csvOf(upstream(name));
      const found = readInR(csv);
      expect(found).toMatchObject({ rows, columns: headingOf(csv), text: ['machine_id'], shares: rows - 1 });
      expect(found.error).toBeLessThan(0.1);
    });

    test('containers: 127 rows of numbers, and the labels of three containers', async () => {
      const found = readInR(await csvOf(upstream('containers/container_collection.json')));
      expect(found.rows).toBe(127);
      for (const name of found.text) expect(name).toMatch(/^machine_id$|^container_[0-9a-f]{12}_(name|runtime|id)$/);
      expect(found.text.filter((name) => name.endsWith('_id'))).toHaveLength(4);
    });
  });
});
