import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('..', import.meta.url));
const here = join(source, 'tests');
const root = mkdtempSync(join(tmpdir(), 'r-package-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the package needs to be tested whole; one R, for it takes a while to start. */
const NEEDED = `
  for (name in c("ggplot2", "rmarkdown")) loadNamespace(name)
  stopifnot(rmarkdown::pandoc_available())
`;

/** Without R and what reports need, these tests are skipped at a developer's desk, and fail in CI. */
const isSkipped = !process.env.CI && spawnSync('Rscript', ['--vanilla', '-e', NEEDED]).status !== 0;

const env = {
  ...process.env,
  R_LIBS: root,
  R_PROFILE_USER: join(root, 'profile.R'),
  LC_ALL: 'C.UTF-8',
};

/** Runs a program; what it said is in the error if it failed. */
function run(program: string, argv: readonly string[], cwd = root): Promise<{ stdout: string }> {
  return promisify(execFile)(program, argv, { cwd, env, maxBuffer: 2 ** 28 });
}

const READ_BACK = `
  data <- perfcollector::read_collection_csv(commandArgs(TRUE)[1])
  cells <- lapply(data, function(x) if (is.character(x)) x else ifelse(is.na(x), "NA", sprintf("%.17g", x)))
  utils::write.table(as.data.frame(cells, optional = TRUE), sep = ",", qmethod = "double", row.names = FALSE)
`;

/** How many cells are missing, for how many of them the reason is not known, how many columns of numbers have no unit. */
const EXPLAIN = `
  library(perfcollector)
  data <- read_collection_csv(commandArgs(TRUE)[1])
  reasons <- unlist(lapply(names(data), function(name) as.character(na_reason(data, name))))
  numbers <- names(data)[vapply(data, is.numeric, TRUE)]
  without <- Filter(function(name) is.null(attr(data[[name]], "unit")), numbers)
  cat(sum(is.na(data)), sum(!is.na(reasons)), sum(reasons %in% "unknown"), length(without), sep = ",")
`;

/** Every cell of a CSV, as it stands there and as the package read it; text of numbers apart, they are the same. */
async function expectSameCells(directory: string): Promise<void> {
  const [name = ''] = readdirSync(directory).filter((file) => !/^(events|quality)\.csv$|\.json$/.test(file));
  const [header, ...rows] = parse(readFileSync(join(directory, name))) as string[][];
  const { stdout } = await run('Rscript', ['--vanilla', '-e', READ_BACK, directory]);
  const [headerRead, ...rowsRead] = parse(stdout) as string[][];
  expect(headerRead).toEqual(header);
  expect(rowsRead.map(valuesOf)).toEqual(rows.map(valuesOf));
  expect(rows.length).toBeGreaterThan(0);
}

/** The time is rounded to its milliseconds. */
function valuesOf([time, ...cells]: readonly string[]): (number | string)[] {
  return [Math.round(Number(time) * 1000), ...cells.map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell)))];
}

describe.skipIf(isSkipped)('the R package', { concurrent: true, timeout: 180_000 }, () => {
  beforeAll(() => {
    // A check asks for other packages: this repository has none, and needs no network.
    mkdirSync(join(root, 'src/contrib'), { recursive: true });
    writeFileSync(join(root, 'src/contrib/PACKAGES'), '');
    writeFileSync(env.R_PROFILE_USER, `options(repos = c(CRAN = "file://${root}"))\n`);
    execFileSync('Rscript', ['--vanilla', '-e', NEEDED], { stdio: 'pipe' });
    execFileSync('R', ['CMD', 'INSTALL', `--library=${root}`, source], { env, stdio: 'pipe' });
  });

  test.each(readdirSync(here).filter((name) => name.endsWith('.R')))('%s', async (name) => {
    await run('Rscript', ['--vanilla', name], here);
  });

  test('passes the check that R gives to packages', async () => {
    await run('R', ['CMD', 'build', source]);
    const { stdout } = await run('R', ['CMD', 'check', '--no-manual', '--no-tests', 'perfcollector_1.0.0.tar.gz']);
    expect(stdout).toMatch(/^Status: OK$/m);
  });

  test('reads every cell of what pcc and pcprocess made of this host, and does with it what its README shows', async () => {
    const [collection, outdir] = [join(root, 'now.json'), join(root, 'csv')];
    await run(bin('pcc'), ['--frequency', '100ms', '--duration', '1s', '--collection', collection]);
    await run(bin('pcprocess'), [collection, '--outdir', outdir]);
    await expectSameCells(outdir);
    const [, code = ''] = /```r\n([\s\S]*?)```/.exec(readFileSync(join(source, 'README.md'), 'utf8')) ?? [];
    await run('Rscript', ['--vanilla', '-e', code]);
    expect(readFileSync(join(root, 'web01.html'), 'utf8')).toContain('data:image/png');
  });

  test.skipIf(!hasUpstream).each(['azure-suse/pcc_collection.json', 'containers/container_collection.json'])(
    'reads every cell of %s',
    async (name) => {
      const outdir = mkdtempSync(join(root, 'upstream-'));
      await run(bin('pcprocess'), [upstream(name), '--outdir', outdir]);
      await expectSameCells(outdir);
    },
  );

  test('knows the reason of each missing value that pcprocess tells, and the unit of each number', async () => {
    const [first, second, late] = [1, 3, 4].map((ticks) => ({
      cpu_user: ticks,
      cpu_nice: 0,
      cpu_system: 0,
      cpu_idle: 2 * ticks,
    }));
    const samples = [first, second, { ...late, disk_sda_reads: 1 }, { ...first, disk_sda_reads: 5 }];
    const lines = samples.map((fields, at) => JSON.stringify({ timestamp: 1767982248 + 10 * at, fields }));
    const [collection, outdir] = [join(root, 'few.json'), mkdtempSync(join(root, 'few-'))];
    writeFileSync(collection, lines.join('\n'));
    await run(bin('pcprocess'), [collection, '--outdir', outdir, '--identifier', 'm']);
    const { stdout } = await run('Rscript', ['--vanilla', '-e', EXPLAIN, outdir]);
    expect(stdout).toBe('13,13,0,0');
  });

  test('reads numbers of every size and texts of every letter as they were written', async () => {
    const directory = mkdtempSync(join(root, 'odd-'));
    const rows = [
      '1767982248.003,m,0.1,1e-7,"a,""b\nc"',
      '1767982249.999,m,9007199254740991,-0.5,ä 😀',
      '2e9,m,NA,1e300,#',
    ];
    writeFileSync(join(directory, 'm.csv'), `timestamp,machine_id,"fs_/a,b_x",n,"text\nof"\n${rows.join('\n')}\n`);
    await expectSameCells(directory);
  });
});
