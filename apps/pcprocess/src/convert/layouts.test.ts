import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parquetReader } from '../layouts/parquet/test-read.ts';
import { header, readCsv, runPcprocess, START, sample, tablesIn, testPlace, textOf } from '../test-run.ts';

const place = testPlace();
const parquet = parquetReader();

async function converted(files: readonly string[], ...argv: string[]): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([...files, '--outdir', outdir, ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return outdir;
}

const number = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0.5, 1e-7, 1e21, 5e-324, 1.797e308, 0.1 + 0.2, 2 ** 53 - 1),
);
const large = fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }).map(String);
const FIELDS = ['mem_free', 'disk_sda_reads', 'disk_sda_writes', 'net_eth0_rx_bytes', 'loadavg_1min', 'alien'];
const fields = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...FIELDS), fc.oneof({ weight: 4, arbitrary: number }, { weight: 1, arbitrary: large })),
    { selector: ([name]) => name, minLength: 1 },
  )
  .map((all) => ({ ...Object.fromEntries(all), container_0123456789ab_name: 'a,"b"\nc' }));
const lines = fc
  .array(fields, { minLength: 1, maxLength: 6 })
  .map((all) => all.map((own, at) => sample(START + at, own, { run: 'r', seq: at })));

/** A cell as the number or text that it is; of text that looks like a number, that number. */
function meaningOf(cell: unknown): unknown {
  if (cell === null || cell === 'NA') return undefined;
  if (typeof cell === 'bigint') return `${cell}`;
  if (typeof cell === 'number') return cell;
  const text = String(cell);
  if (/^\d{16,}$/.test(text)) return text;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

test('wide, long and Parquet say the same, and what the samples said', async () => {
  const law = fc.asyncProperty(lines, async (own) => {
    const file = place.file('c.json', own);
    const wide = readCsv(join(await converted([file]), 'm.csv'));
    const long = readCsv(join(await converted([file], '--layout', 'long'), 'm.long.csv'));
    const typed = await parquet.read(join(await converted([file], '--layout', 'parquet'), 'm.parquet'));
    expect(typed.columns.map(([name]) => name)).toEqual(wide.columns);
    for (const [at, row] of typed.rows.entries())
      for (const [column, name] of wide.columns.entries()) {
        if (name === 'timestamp') continue;
        const [one, other] = [meaningOf(row[column]), meaningOf(wide.rows[at]?.[name])];
        expect(Number(one)).toBe(Number(other));
        if (typeof one === 'string' && typeof other === 'string') expect(one).toBe(other);
      }
    const cells = wide.rows
      .flatMap((row) => wide.columns.slice(2).map((name) => row[name]))
      .filter((cell) => cell !== 'NA');
    const values = long.rows.map(({ value }) => value).filter((cell) => cell !== 'NA');
    expect(values.toSorted()).toEqual(cells.toSorted());
    for (const [at, line] of own.entries()) {
      const { fields: recorded } = JSON.parse(line) as { fields: Record<string, number | string> };
      for (const [name, value] of Object.entries(recorded)) expect(wide.rows[at]?.[name]).toBe(String(value));
    }
  });
  await fc.assert(law, { numRuns: 15 });
});

/** A bit more than what is worked on without threads: of few columns, for these take the time. */
function largeCollection(): string[] {
  const names = Array.from({ length: 15 }, (_, at) => `disk_sd${at}_reads`);
  const bulk = 'x'.repeat(1600);
  const ticks = Array.from({ length: 2200 }, (_, seq) => {
    const own = names.map((name, at) => [name, seq * (at + 1) - (seq % 700 === 3 ? seq * at : 0)]);
    const more = seq > 2000 ? { late: seq / 7, bulk } : { bulk };
    return sample(
      START + seq + (seq > 1500 ? 60 : 0),
      { uptime: seq, ...Object.fromEntries(own), ...more },
      { run: 'r', seq },
    );
  });
  return [header('r', { interval: 1 }), ...ticks];
}

const all = largeCollection();
const plain = Buffer.from(textOf(all));

test('threads make the same of a collection as who works alone, in any layout', async () => {
  expect(plain.length).toBeGreaterThan(4.2 * 1024 * 1024);
  for (const argv of [[], ['--layout', 'parquet', '--exclude', 'bulk'], ['--interval', '7s', '--stats', 'mean,p95']]) {
    const threads = await converted([place.file('c.json', plain)], ...argv);
    const alone = await converted([place.file('c.json', zstdCompressSync(plain))], ...argv);
    expect(tablesIn(alone)).toEqual(tablesIn(threads));
    for (const name of [...tablesIn(threads), 'quality.csv'])
      expect(readFileSync(join(alone, name)).equals(readFileSync(join(threads, name)))).toBe(true);
  }
});

test('one reading makes the same as two', async () => {
  const early = all.slice(0, 1000);
  const once = await converted([place.file('c.json', early)]);
  const twice = await converted([place.file('a.json', early.slice(0, 500)), place.file('b.json', early.slice(500))]);
  for (const name of ['m.csv', 'quality.csv'])
    expect(readFileSync(join(once, name), 'utf8')).toBe(readFileSync(join(twice, name), 'utf8'));
});
