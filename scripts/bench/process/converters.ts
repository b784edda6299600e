import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fleetFields } from '../ingest/fleet-fields.ts';
import type { Converter } from './run-measured.ts';

/** The installed program. */
export const PCPROCESS = join(fileURLToPath(new URL('../../../node_modules/.bin/', import.meta.url)), 'pcprocess');

export const pcprocess: Converter = {
  name: 'pcprocess',
  command: (collection, directory) => [PCPROCESS, collection, '--outdir', directory],
};

/** As many columns as DuckDB has: the fields as they are. */
export const pcprocessAlike: Converter = {
  name: 'pcprocess --no-rates',
  command: (collection, directory) => [PCPROCESS, collection, '--outdir', directory, '--no-rates'],
};

export const R_MISSING =
  'R is not installed, or not with jsonlite (Debian: r-base-core, r-cran-jsonlite): not compared with.';

/**
 * The ways of DuckDB with the same lines; the fastest is the peer. Each is told what is no guess: the form of the file, and
 * that a MAP is not wanted. Types: as the catalogue knows them, or found out by DuckDB from the first 20,480 lines. Order: of
 * the samples, as pcprocess has it, or any. It computes no rates; it copies what is there. It uses all processors.
 */
export function duckdbWays(): Converter[] {
  return [
    duckdb('DuckDB, types given', { columns: typedColumns() }),
    duckdb('DuckDB, types given, any order', { columns: typedColumns(), isOrdered: false }),
    duckdb('DuckDB, types detected', { columns: 'map_inference_threshold=-1' }),
  ];
}

/** Why there is no DuckDB to compare with; undefined where there is. */
export async function duckdbMissing(): Promise<string | undefined> {
  try {
    await import('@duckdb/node-api');
    return undefined;
  } catch (error) {
    const reason = String(error).split('\n', 1)[0];
    return `DuckDB is not compared with: @duckdb/node-api cannot be loaded (${reason})`;
  }
}

const DUCKDB_RUN = fileURLToPath(new URL('duckdb-run.ts', import.meta.url));

function duckdb(name: string, { columns, isOrdered = true }: { columns: string; isOrdered?: boolean }): Converter {
  return {
    name,
    command(collection, directory) {
      const from = `read_json(${quoted(collection)}, format='newline_delimited', ${columns})`;
      const rows = `SELECT timestamp, tags.machine_id, unnest(fields) FROM ${from} WHERE fields IS NOT NULL`;
      const copy = `COPY (${rows}) TO ${quoted(join(directory, 'out.csv'))} (FORMAT csv, HEADER, NULLSTR 'NA')`;
      return [process.execPath, DUCKDB_RUN, `SET preserve_insertion_order=${isOrdered}`, copy];
    },
  };
}

function typedColumns(): string {
  const fields = fleetFields().map(({ name, decimals }) => `"${name}" ${decimals > 0 ? 'DOUBLE' : 'BIGINT'}`);
  const columns = {
    timestamp: 'DOUBLE',
    run: 'VARCHAR',
    seq: 'BIGINT',
    tags: 'STRUCT(machine_id VARCHAR)',
    fields: `STRUCT(${fields.join(', ')})`,
  };
  return `columns={${Object.entries(columns).map(([name, type]) => `${name}: '${type}'`)}}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const R_SCRIPT = `
  paths <- commandArgs(TRUE)
  lines <- jsonlite::stream_in(file(paths[1]), pagesize = 5000, verbose = FALSE)
  samples <- lines[!is.na(lines$timestamp), ]
  write.csv(cbind(samples["timestamp"], samples$tags, samples$fields), paths[2], row.names = FALSE)
`;

/** Undefined where it is not installed. Pages of 5,000 lines are a little faster than its 500. */
export function jsonlite(): Converter | undefined {
  const isThere = spawnSync('Rscript', ['--vanilla', '-e', 'library(jsonlite)']).status === 0;
  if (!isThere) return undefined;
  return {
    name: "R's jsonlite::stream_in and write.csv",
    command: (collection, directory) => [
      'Rscript',
      '--vanilla',
      '-e',
      R_SCRIPT,
      collection,
      join(directory, 'out.csv'),
    ],
  };
}
