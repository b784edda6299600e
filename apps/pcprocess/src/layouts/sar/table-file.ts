import { join } from 'node:path';
import { isNa, type NaReason } from '@perfcollector/derive';
import { CsvFile } from '../../output/csv-file.ts';
import type { FieldDescription, MachineSetup, MachineStep, TableFile } from '../layout.ts';
import { plainNumber } from '../plain-number.ts';
import type { SampleParts } from './device-stats.ts';
import { Spans } from './spans.ts';
import { type SarCell, type SarRow, type SarTable, timestampColumn } from './table.ts';

/** Where the files of one machine go. */
export interface SarPlace {
  readonly setup: MachineSetup;
  /** Of the machine's directory within the output directory; empty where it is that one itself. */
  readonly folder: string;
  readonly parts: SampleParts;
  /** Makes the directory of a file that is to be written. */
  readonly prepare: (path: string) => void;
}

/** One table in the making. Its file begins with the first sample that has something of its group. */
export class TableWriter {
  readonly #table: SarTable;
  readonly #place: SarPlace;
  readonly #path: string;
  readonly #columns: readonly FieldDescription[];
  readonly #spans: Spans;
  #file: CsvFile | undefined;
  #rows = 0;
  #na = 0;

  constructor(table: SarTable, place: SarPlace) {
    this.#table = table;
    this.#place = place;
    this.#path = join(place.folder, table.path);
    const isOfSar = table.blank !== '';
    this.#columns = [timestampColumn(isOfSar ? '#timestamp' : 'timestamp'), ...table.columns];
    this.#spans = new Spans(table.group, place.parts);
  }

  /** @throws UserError where the file cannot be written */
  async add(step: MachineStep): Promise<void> {
    const span = this.#spans.add(step);
    const { timestamp } = step.now;
    if (!span) {
      if (this.#file) this.#note({ timestamp, column: '', reason: 'absent' });
      return;
    }
    this.#file ??= this.#open();
    for (const row of this.#table.rows(span)) {
      const reason = nothingIn(row);
      if (reason === undefined) await this.#write(row, timestamp);
      else this.#note({ timestamp, column: '', device: row.device, reason });
    }
  }

  /** Undefined where there was nothing for it. @throws UserError where the file cannot be written */
  async finish(): Promise<TableFile | undefined> {
    if (!this.#file) return undefined;
    await this.#file.finish();
    const { machine } = this.#place.setup;
    const { blank: missing } = this.#table;
    return { path: this.#path, machine, rows: this.#rows, na: this.#na, fields: this.#columns, missing };
  }

  discard(): void {
    this.#file?.discard();
  }

  #open(): CsvFile {
    const path = this.#place.setup.claim(this.#path);
    this.#place.prepare(path);
    const heading = this.#columns.map(({ name }) => name);
    return new CsvFile(path, heading);
  }

  async #write({ cells, device }: SarRow, timestamp: number): Promise<void> {
    const texts = cells.map((cell, at) => {
      if (!isNa(cell)) return textOf(cell);
      this.#na += 1;
      this.#note({ timestamp, column: this.#columns[at + 1]?.name ?? '', device, reason: cell.na });
      return this.#table.blank;
    });
    await this.#file?.add([plainNumber(timestamp), ...texts]);
    this.#rows += 1;
  }

  #note({ device, ...cell }: { timestamp: number; column: string; device?: string; reason: NaReason }): void {
    this.#place.setup.noteNa({ table: this.#path, ...cell, ...(device ? { device } : {}) });
  }
}

/** Why a row would have no value at all; that some of its columns are never there says the least. */
function nothingIn({ cells, names }: SarRow): NaReason | undefined {
  const reasons = cells.slice(names).map((cell) => (isNa(cell) ? cell.na : undefined));
  return reasons.includes(undefined) ? undefined : (reasons.find((reason) => reason !== 'absent') ?? 'absent');
}

function textOf(cell: Exclude<SarCell, object>): string {
  return typeof cell === 'number' ? plainNumber(cell) : cell;
}
