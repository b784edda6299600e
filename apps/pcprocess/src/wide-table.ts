import { join } from 'node:path';
import { type Step, type StepCounts, Steps, type TextRows, wideRows } from '@perfcollector/derive';
import { CsvFile } from './csv-file.ts';
import type { MachineSample } from './input/input.ts';
import { machineFileName } from './layouts/machine-file-name.ts';

/** What was written for one machine. */
export interface Table extends StepCounts {
  readonly machine: string;
  readonly path: string;
  readonly columns: number;
}

/** One machine's CSV: a row a sample, a column a field or what is derived of it. */
export class WideTable {
  readonly #machine: string;
  readonly #file: CsvFile;
  readonly #steps = new Steps();
  readonly #table: TextRows;

  constructor(machine: string, directory: string, fields: Iterable<string>) {
    this.#machine = machine;
    this.#table = wideRows(machine, fields);
    this.#file = new CsvFile(join(directory, `${machineFileName(machine)}.csv`), this.#table.heading);
  }

  /** @throws UserError where the file cannot be written */
  add(next: MachineSample): Promise<void> {
    return this.#write(this.#steps.add(next));
  }

  async finish(): Promise<Table> {
    await this.#write(this.#steps.end());
    await this.#file.finish();
    const columns = this.#table.heading.length;
    return { machine: this.#machine, path: this.#file.path, columns, ...this.#steps.counts };
  }

  discard(): void {
    this.#file.discard();
  }

  async #write(step: Step | undefined): Promise<void> {
    if (!step) return;
    for (const row of this.#table.rows(step)) await this.#file.add(row);
  }
}
