import type { SampleLine } from '../input/sample-line.ts';
import type { WrittenMachine } from '../layouts/layout.ts';
import { type RowSetup, RowTable } from './row-table.ts';

/** A table of rows for each machine, whose fields are known. */
export class RowTables {
  readonly #setup: RowSetup;
  readonly #fields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #tables = new Map<string, RowTable>();

  constructor(fields: ReadonlyMap<string, ReadonlySet<string>>, setup: RowSetup) {
    this.#fields = fields;
    this.#setup = setup;
  }

  async add(lines: readonly SampleLine[]): Promise<void> {
    for (const line of lines) {
      const wait = this.#tableOf(line.machine).add(line);
      if (wait) await wait;
    }
  }

  async finish(): Promise<WrittenMachine[]> {
    for (const table of this.#tables.values()) await table.end();
    await this.#setup.queue.drain();
    return Array.from(this.#tables.values(), (table) => table.finish());
  }

  discard(): void {
    for (const table of this.#tables.values()) table.discard();
  }

  #tableOf(machine: string): RowTable {
    const known = this.#tables.get(machine);
    if (known) return known;
    const table = new RowTable(machine, [...(this.#fields.get(machine) ?? [])], this.#setup);
    this.#tables.set(machine, table);
    return table;
  }
}
