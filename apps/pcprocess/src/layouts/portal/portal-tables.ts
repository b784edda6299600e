import { UserError } from '@perfcollector/cli';
import { isNa, type Na } from '@perfcollector/derive';
import { CsvFile } from '../../output/csv-file.ts';
import { fileNameOf } from '../../output/file-name.ts';
import type { MachineSetup, MachineStep, MachineTables, TableFile } from '../layout.ts';
import { plainNumber } from '../plain-number.ts';
import { physicalDisks, physicalInterfaces, Traffic } from './busiest.ts';
import { type Chosen, cellsOf, DISK, FIRST_OF_DEVICES, NET, openGroups, spansOf } from './cells.ts';
import { portalColumns } from './columns.ts';

export interface PortalOptions {
  /** Which disk; without a name the busiest one. */
  readonly disk?: string | undefined;
  /** Which network interface; without a name the busiest one. */
  readonly iface?: string | undefined;
}

/** One line a timestamp, of one disk and one interface, as the portal imports it. */
export function portalTables(setup: MachineSetup, options: PortalOptions = {}): MachineTables {
  return new PortalTables(setup, options);
}

class PortalTables implements MachineTables {
  readonly #setup: MachineSetup;
  readonly #options: PortalOptions;
  readonly #path: string;
  readonly #surveyed = openGroups();
  readonly #groups = openGroups();
  readonly #disks = new Traffic('disk', DISK);
  readonly #interfaces = new Traffic('net', NET);
  #host: MachineStep['header'];
  #devices: Chosen | undefined;
  #file: CsvFile | undefined;
  #counts = { rows: 0, na: 0 };

  constructor(setup: MachineSetup, options: PortalOptions) {
    this.#setup = setup;
    this.#options = options;
    this.#path = `${fileNameOf(setup.machine)}_performance.csv`;
  }

  survey(step: MachineStep): void {
    this.#host ??= step.header;
    const { disk, net } = spansOf(this.#surveyed, step);
    if (disk) this.#disks.add(disk);
    if (net) this.#interfaces.add(net);
  }

  async add(step: MachineStep): Promise<void> {
    this.#devices ??= this.#choose();
    this.#file ??= this.#open();
    const cells = cellsOf(spansOf(this.#groups, step), this.#devices);
    const missing = cells.slice(0, FIRST_OF_DEVICES).find(isNa);
    if (missing) this.#note(step, '', missing);
    else await this.#write(step, cells);
  }

  async finish(): Promise<readonly TableFile[]> {
    if (!this.#file) return [];
    await this.#file.finish();
    return [{ path: this.#path, machine: this.#setup.machine, ...this.#counts, fields: this.#columns() }];
  }

  discard(): void {
    this.#file?.discard();
  }

  #choose(): Chosen {
    const [disks, interfaces] = [this.#disks, this.#interfaces];
    const iface = interfaces.busiest(physicalInterfaces(interfaces.devices, this.#host?.host));
    return {
      disk: this.#wanted('disk', this.#options.disk, disks) ?? disks.busiest(physicalDisks(disks.devices)),
      iface: this.#wanted('network interface', this.#options.iface, interfaces) ?? iface,
    };
  }

  /** One of several machines may lack what the others have: there its cells are NA. @throws UserError */
  #wanted(what: string, name: string | undefined, { devices }: Traffic): string | undefined {
    if (name === undefined || devices.includes(name) || this.#setup.isOneOfMany) return name;
    throw new UserError('NO_DEVICE', `the collection has no ${what} ${name}`, { hint: `It has ${listed(devices)}.` });
  }

  #columns() {
    return portalColumns(this.#devices?.disk, this.#devices?.iface);
  }

  #open(): CsvFile {
    const heading = this.#columns().map(({ name }) => name);
    return new CsvFile(this.#setup.claim(this.#path), heading);
  }

  async #write(step: MachineStep, cells: readonly (number | Na)[]): Promise<void> {
    const columns = this.#columns();
    const texts = cells.map((cell, at) => {
      if (!isNa(cell)) return plainNumber(cell);
      this.#counts.na += 1;
      this.#note(step, columns[at + 1]?.name ?? '', cell);
      return 'NA';
    });
    await this.#file?.add([plainNumber(Math.floor(step.now.timestamp)), ...texts]);
    this.#counts.rows += 1;
  }

  #note({ now }: MachineStep, column: string, { na: reason }: Na): void {
    this.#setup.noteNa({ table: this.#path, column, timestamp: now.timestamp, reason });
  }
}

function listed(devices: readonly string[]): string {
  return devices.length === 0 ? 'none' : devices.slice(0, 20).join(', ');
}
