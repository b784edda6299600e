import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { header, runPcprocess, START, sample, series, testPlace } from '../test-run.ts';

const place = testPlace();

async function summary(lines: readonly string[], ...argv: string[]) {
  const ran = await runPcprocess(['summary', place.file('c.json', lines), '--json', ...argv]);
  return { ...ran, machines: JSON.parse(ran.stdout).machines };
}

type Metric = Record<string, unknown> & { metric: string };

describe('metrics', () => {
  test('are rates, shares and gauges, never raw counters; values that do not exist are counted apart', async () => {
    const tick = (n: number) => ({
      cpu_user: n,
      cpu_nice: 0,
      cpu_system: 0,
      cpu_idle: 3 * n,
      disk_sda_reads: 10 * n,
      mem_free: n,
    });
    const { code, machines } = await summary(
      series(tick(100), tick(200), tick(400), { ...tick(500), disk_sda_reads: 0 }),
    );
    expect(code).toBe(0);
    expect(machines).toHaveLength(1);
    const metrics: Metric[] = machines[0].metrics;
    expect(metrics.map(({ metric }) => metric)).toEqual([
      'cpu_user',
      'cpu_system',
      'cpu_idle',
      'cpu_nice',
      'mem_free',
      'disk_sda_reads_per_second',
    ]);
    expect(metrics.find(({ metric }) => metric === 'disk_sda_reads_per_second')).toMatchObject({
      ...{ unit: 'count/s', count: 2, na: 2, min: 100, mean: 150, p50: 150, max: 200, approximate: false },
      sd: Math.sqrt(5000),
    });
    expect(metrics.find(({ metric }) => metric === 'cpu_user')).toMatchObject({
      count: 3,
      na: 1,
      min: 25,
      max: 25,
      sd: 0,
    });
    expect(metrics.find(({ metric }) => metric === 'mem_free')).toMatchObject({
      count: 4,
      na: 0,
      p75: 425,
      'p97.5': expect.closeTo(492.5, 9),
    });
  });

  test('of each machine apart; --machine, --from and --to choose, and the base of the first rate is kept', async () => {
    const lines = ['a', 'b'].flatMap((machine) =>
      [0, 1, 2, 3].map((at) => sample(START + at, { disk_sda_reads: at * at }, { machine })),
    );
    const { machines } = await summary(lines, '--from', String(START + 2), '--machine', 'b');
    expect(machines).toEqual([expect.objectContaining({ machine: 'b', rows: 2, first: START + 2, last: START + 3 })]);
    expect(machines[0].metrics[0]).toMatchObject({ count: 2, na: 0, min: 3, max: 5 });
  });

  test('without any value have no numbers, and one value has no deviation', async () => {
    const { machines } = await summary(series({ disk_sda_reads: 1, mem_free: 5 }));
    expect(machines[0].metrics).toEqual([
      expect.objectContaining({ metric: 'mem_free', count: 1, mean: 5, p99: 5, sd: null }),
      expect.objectContaining({
        metric: 'disk_sda_reads_per_second',
        count: 0,
        na: 1,
        min: null,
        p50: null,
        sd: null,
        course: [],
      }),
    ]);
  });

  test('labels and words are none', async () => {
    const { machines } = await summary(series({ container_0123_name: 'web', mem_free: 1 }));
    expect(machines[0].metrics.map(({ metric }: Metric) => metric)).toEqual(['mem_free']);
  });

  test('--columns and --exclude choose by name', async () => {
    const lines = series({ mem_free: 1, mem_cached: 2, loadavg_1min: 3 });
    const names = async (...argv: string[]) =>
      (await summary(lines, ...argv)).machines[0].metrics.map(({ metric }: Metric) => metric);
    expect(await names('--columns', 'mem_*')).toEqual(['mem_free', 'mem_cached']);
    expect(await names('--columns', 'mem_*,load*', '--exclude', '*free')).toEqual(['mem_cached', 'loadavg_1min']);
  });
});

/** A terminal of so many columns that takes down what is written on it. */
class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  text = '';

  constructor(columns: number) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('the table', () => {
  const tick = (n: number) => ({
    ...{ mem_free: 1000 + n * n, mem_available: 7, buddyinfo_x: n, net_lo_rx_bytes: n * 1e6 },
    ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`net_eth${at}_rx_bytes`, n * n * at * 100])),
    ...Object.fromEntries(['sda', 'sda1', 'dm-0'].map((disk) => [`disk_${disk}_read_sectors`, n * n * 10])),
  });
  const lines = [header('r'), ...series(...Array.from({ length: 20 }, (_, n) => tick(n)))];

  async function shown(width: number, ...argv: string[]): Promise<string> {
    const into = new Terminal(width);
    const env = { LANG: 'C.UTF-8' };
    expect((await runPcprocess(['summary', place.file('c.json', lines), ...argv], { into, env })).code).toBe(0);
    return into.text;
  }

  test('shows what matters and moves, of the busiest devices; --all shows all', async () => {
    const names = (text: string) => Array.from(text.matchAll(/^([a-z]\w+_\S+) /gm), ([, name]) => name);
    expect(names(await shown(200))).toEqual([
      'mem_free',
      'disk_sda_read_sectors_per_second',
      ...[6, 7, 8].map((at) => `net_eth${at}_rx_bytes_per_second`),
    ]);
    expect(names(await shown(200, '--all'))).toHaveLength(16);
  });

  test.each([60, 80, 100, 132, 200])(
    'is no wider than %d columns, and from 80 on draws each metric over the time',
    async (width) => {
      const text = await shown(width);
      for (const line of text.trimEnd().split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(width);
      if (width >= 80) expect(text).toMatch(/^mem_free .*▁+▂.*█$/m);
      expect(text).toContain('p95');
    },
  );

  test('is ASCII where the locale is', async () => {
    const { stdout } = await runPcprocess(['summary', place.file('c.json', lines)]);
    expect(stdout).toMatch(/^[\n -~]*$/);
    expect(stdout).toMatch(/^mem_free .*_+\..*#$/m);
  });
});

describe('what cannot be done', () => {
  test.each(['summary', 'inspect'])('%s that is interrupted says so', async (name) => {
    const path = place.file('c.json', series({ mem_free: 1 }));
    const ran = await runPcprocess([name, path], { signal: AbortSignal.abort('SIGINT') });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: 'pcprocess: interrupted: not everything was read\n' });
  });

  test('nothing to sum up', async () => {
    const { code, stdout, stderr } = await runPcprocess(['summary', place.file('c.json', 'noise\n')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('there is nothing to sum up');
  });

  test('damage is told, and the rest is summed up', async () => {
    const { code, stderr, machines } = await summary(['noise', ...series({ mem_free: 1 })]);
    expect(code).toBe(1);
    expect(stderr).toContain('line 1 was left out');
    expect(machines[0].rows).toBe(1);
  });
});

/** Without R these tests are skipped at a developer's desk, and fail in CI. */
const hasR = spawnSync('Rscript', ['--version']).status === 0 || process.env.CI !== undefined;

/** R reads the table of all rows and works everything out itself; then it looks at the summary. */
const SCRIPT = `
  d <- read.csv(commandArgs(TRUE)[1], check.names = FALSE)
  s <- read.csv(commandArgs(TRUE)[2], check.names = FALSE)
  worst <- 0
  for (row in seq_len(nrow(s))) {
    x <- d[[s$metric[row]]]
    stopifnot(is.numeric(x) || all(is.na(x)), sum(!is.na(x)) == s$count[row], sum(is.na(x)) == s$na[row])
    x <- x[!is.na(x)]
    if (length(x) == 0) next
    want <- c(min(x), mean(x), quantile(x, c(.5, .75, .9, .95, .975, .99), type = 7), max(x), sd(x))
    got <- unlist(s[row, c("min", "mean", "p50", "p75", "p90", "p95", "p97.5", "p99", "max", "sd")])
    scale <- max(abs(x), 1e-300)
    worst <- max(worst, abs(want - got) / scale, na.rm = TRUE)
    stopifnot(is.na(want) == is.na(got))
  }
  cat(nrow(s), format(worst, digits = 3), sep = "\\n")
`;

async function compareWithR(collection: string): Promise<{ metrics: number; worst: number }> {
  const dir = place.dir();
  const csv = join(dir, 'summary.csv');
  const { code, stdout } = await runPcprocess(['summary', collection, '--format', 'csv', '--identifier', 'm']);
  expect(code).toBe(0);
  execFileSync('tee', [csv], { input: stdout, stdio: ['pipe', 'ignore', 'inherit'] });
  expect((await runPcprocess([collection, '--outdir', dir, '--identifier', 'm'])).code).toBe(0);
  const printed = execFileSync('Rscript', ['--vanilla', '-e', SCRIPT, join(dir, 'm.csv'), csv], { encoding: 'utf8' });
  const [metrics, worst] = printed.trimEnd().split('\n').map(Number);
  return { metrics: metrics ?? 0, worst: worst ?? Number.NaN };
}

describe.skipIf(!hasR)('R works out the same', () => {
  test.skipIf(!hasUpstream).each([
    ['azure-suse/pcc_collection.json', 250],
    ['azure-cpuinfo/loadtest-cpuinfo.json', 200],
    ['containers/container_collection.json', 40],
  ])('of what perfcollector2 recorded: %s', async (name, least) => {
    const { metrics, worst } = await compareWithR(upstream(name));
    expect(metrics).toBeGreaterThan(least);
    expect(worst).toBeLessThan(1e-12);
  });

  test('of this host, recorded just now', async () => {
    const collection = join(place.dir(), 'now.json');
    const argv = ['--frequency', '100ms', '--duration', '1s', '--identifier', 'm', '--collection', collection];
    execFileSync(bin('pcc'), argv, { stdio: 'ignore' });
    const { metrics, worst } = await compareWithR(collection);
    expect(metrics).toBeGreaterThan(300);
    expect(worst).toBeLessThan(1e-12);
  });
});
