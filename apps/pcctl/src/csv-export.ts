import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { noDamage, Runs, readCollection } from '@perfcollector/collection';
import { longRows, type RunSample, Steps, type TextRows, wideRows } from '@perfcollector/derive';
import { stringify } from 'csv-stringify/sync';
import { translated } from './write-whole.ts';

/** A collection on its way from a server, of one machine. */
interface Coming {
  readonly machine: string;
  readonly bytes: Readable;
  readonly signal: AbortSignal;
}

/** A row a value, made while the collection comes. */
export function longCsv({ machine, bytes }: Coming): Readable {
  return csvOf(longRows(machine), samplesOf(bytes));
}

/**
 * A row a sample. Which columns there are is known when all samples have been seen, so the collection is put aside, packed,
 * and read twice.
 * @param use is given the CSV; what was put aside is gone when its promise is settled
 */
export async function withWideCsv(coming: Coming, use: (csv: Readable) => Promise<void>): Promise<void> {
  const path = join(tmpdir(), `pcctl-export-${randomBytes(6).toString('hex')}.zst`);
  try {
    const aside = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await translated(
      pipeline(coming.bytes, createZstdCompress(), aside, { signal: coming.signal }),
      `put the collection aside in ${path}`,
    );
    const fields = new Set<string>();
    for await (const { sample } of samplesOf(createReadStream(path)))
      for (const name in sample.fields) fields.add(name);
    await use(csvOf(wideRows(coming.machine, fields), samplesOf(createReadStream(path))));
  } finally {
    rmSync(path, { force: true });
  }
}

function csvOf(table: TextRows, samples: AsyncIterable<RunSample>): Readable {
  return Readable.from(textOf(table, samples), { objectMode: false });
}

/** A piece for each sample: row by row through a stream, a long table takes several times as long. */
async function* textOf(table: TextRows, samples: AsyncIterable<RunSample>): AsyncGenerator<string> {
  yield stringify([table.heading]);
  const steps = new Steps();
  for await (const sample of samples) {
    const step = steps.add(sample);
    if (step) yield stringify(table.rows(step) as string[][]);
  }
  const last = steps.end();
  if (last) yield stringify(table.rows(last) as string[][]);
}

/** What comes from a server is whole, or the connection's error is thrown behind it. */
async function* samplesOf(bytes: Readable): AsyncGenerator<RunSample> {
  const runs = new Runs();
  const damage = noDamage();
  for await (const entry of readCollection(bytes, damage)) {
    runs.add(entry);
    if (entry.kind === 'sample') yield { sample: entry.value, header: runs.headerOf(entry) };
  }
  if (damage.broken !== undefined) throw Object.assign(new Error(damage.broken), { code: 'ECONNRESET' });
}
