import { existsSync, readFileSync } from 'node:fs';
import { systemError } from '@perfcollector/cli';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { FieldDescription } from '../layouts/layout.ts';
import { OutputFile } from './output-file.ts';

/** The rows of a CSV without its heading; none where there is no file. @throws UserError where it cannot be read */
export function readRows(path: string): readonly (readonly string[])[] {
  if (!existsSync(path)) return [];
  try {
    const [, ...rows] = parse(readFileSync(path), { relax_column_count: true }) as string[][];
    return rows;
  } catch (error) {
    throw systemError(`read ${path}`, error);
  }
}

/** A CSV of few rows, which is put together while tables are made. */
export class SmallCsv {
  readonly fields: readonly FieldDescription[];
  readonly #path: string;
  #file: OutputFile;
  #rows = 0;

  constructor(path: string, fields: readonly FieldDescription[]) {
    this.fields = fields;
    this.#path = path;
    this.#file = this.#begin();
  }

  get rows(): number {
    return this.#rows;
  }

  add(row: readonly (string | number)[]): void {
    this.#file.write(stringify([[...row]]));
    this.#rows += 1;
  }

  /** Begins again: what was added is not true. */
  restart(): void {
    this.#file.discard();
    this.#file = this.#begin();
    this.#rows = 0;
  }

  finish(): void {
    this.#file.finish();
  }

  discard(): void {
    this.#file.discard();
  }

  #begin(): OutputFile {
    const file = new OutputFile(this.#path);
    file.write(stringify([this.fields.map(({ name }) => name)]));
    return file;
  }
}
