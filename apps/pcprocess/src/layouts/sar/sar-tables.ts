import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile, systemError } from '@perfcollector/cli';
import { fileNameOf } from '../../output/file-name.ts';
import type { MachineSetup, MachineStep, MachineTables, TableFile } from '../layout.ts';
import { MadeDirectories } from '../made-directories.ts';
import { type ContainerNames, containerTable } from './containers.ts';
import { cpuTable } from './cpu.ts';
import { SampleParts } from './device-stats.ts';
import { diskTable } from './disks.ts';
import { fileSystemTable } from './file-systems.ts';
import { interfaceTable } from './interfaces.ts';
import { memoryTable } from './memory.ts';
import { systemInfo } from './system-info.ts';
import { type SarPlace, TableWriter } from './table-file.ts';

export interface SarOptions {
  readonly containerNames?: ContainerNames;
}

/**
 * The directory that perfcollector2's pcprocess writes, a machine's in a directory of its own where there are several. A
 * row of which nothing can be derived is left out: there, too, the first sample has none.
 */
export function sarTables(setup: MachineSetup, { containerNames = new Map() }: SarOptions = {}): MachineTables {
  return new SarTables(setup, containerNames);
}

const INFO_FILE = 'system_info.json';

class SarTables implements MachineTables {
  readonly #setup: MachineSetup;
  readonly #place: SarPlace;
  readonly #made = new MadeDirectories();
  readonly #tables: readonly TableWriter[];
  #info: ReturnType<typeof systemInfo>;

  constructor(setup: MachineSetup, names: ContainerNames) {
    this.#setup = setup;
    const folder = setup.isOneOfMany ? fileNameOf(setup.machine) : '';
    const prepare = (path: string) => this.#made.make(dirname(path));
    const tables = [cpuTable, memoryTable, diskTable, interfaceTable, fileSystemTable, containerTable(names)];
    const place = { setup, folder, parts: new SampleParts(tables.map(({ group }) => group)), prepare };
    this.#place = place;
    this.#tables = tables.map((table) => new TableWriter(table, place));
  }

  async add(step: MachineStep): Promise<void> {
    this.#info ??= systemInfo(step.processors, step.header?.host);
    for (const table of this.#tables) await table.add(step);
  }

  async finish(): Promise<readonly TableFile[]> {
    const files: TableFile[] = [];
    for (const table of this.#tables) {
      const file = await table.finish();
      if (file) files.push(file);
    }
    if (!this.#info || files.length === 0) return files;
    this.#writeInfo();
    const path = join(this.#place.folder, INFO_FILE);
    return [...files, { path, machine: this.#setup.machine, rows: 0, na: 0, fields: [] }];
  }

  discard(): void {
    for (const table of this.#tables) table.discard();
    this.#made.remove();
  }

  #writeInfo(): void {
    const path = this.#setup.claim(join(this.#place.folder, INFO_FILE));
    this.#place.prepare(path);
    try {
      const file = replaceFile(path);
      writeFileSync(file.temporary, `${JSON.stringify(this.#info, null, 2)}\n`);
      file.commit();
    } catch (error) {
      throw systemError(`write ${path}`, error);
    }
  }
}
