import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectory, systemError, UserError, versionOf } from '@perfcollector/cli';
import manifest from '../../package.json' with { type: 'json' };
import type { MachineEvent } from '../input/read-lines.ts';
import type { FieldDescription, TableFile } from '../layouts/layout.ts';
import { readRows, SmallCsv } from './csv.ts';
import { PACKAGE_FILE, packageText, type Resource, readPackage, resourceOf } from './data-package.ts';
import { OutputFile } from './output-file.ts';
import type { NaRange } from './quality.ts';

const QUALITY_FILE = 'quality.csv';
const EVENTS_FILE = 'events.csv';

const QUALITY_FIELDS: readonly FieldDescription[] = [
  { name: 'table', type: 'string', description: 'The file that the cells are in.' },
  { name: 'machine_id', type: 'string', description: 'Whose they are.' },
  {
    name: 'column',
    type: 'string',
    description:
      'The column without values; * for whole rows: gap where rates are means over missed ticks, else left out.',
  },
  {
    name: 'device',
    type: 'string',
    description: 'Whose cells, where a table has rows of several devices; else empty.',
  },
  { name: 'from', type: 'number', unit: 'seconds', description: 'Timestamp of the first such row.' },
  { name: 'to', type: 'number', unit: 'seconds', description: 'Timestamp of the last such row.' },
  { name: 'rows', type: 'integer', description: 'How many rows that is.' },
  { name: 'reason', type: 'string', description: 'Why there is no value.' },
];
const EVENT_FIELDS: readonly FieldDescription[] = [
  { name: 'timestamp', type: 'number', unit: 'seconds', description: 'When it was: Unix time, UTC.' },
  { name: 'machine_id', type: 'string', description: 'The machine that it was marked on.' },
  { name: 'run', type: 'string', description: 'The run of pcc that took it down.' },
  { name: 'event', type: 'string', description: 'What was said of it.' },
];

/** The directory that tables go to, with what says of them what they are: several runs may fill it, each its machines. */
export class OutputDirectory {
  readonly path: string;
  readonly #mayReplace: boolean;
  readonly #before: readonly Resource[];
  readonly #isOurs: boolean;
  readonly #quality: SmallCsv;

  /** @param mayReplace whether files that this program did not write may go @throws UserError */
  constructor(path: string, mayReplace: boolean) {
    this.path = path;
    this.#mayReplace = mayReplace;
    prepareDirectory(path);
    const before = readPackage(path);
    this.#isOurs = before !== undefined;
    this.#before = before?.resources ?? [];
    for (const name of [PACKAGE_FILE, QUALITY_FILE]) this.claim(name);
    this.#quality = new SmallCsv(join(path, QUALITY_FILE), QUALITY_FIELDS);
  }

  /** Where a file of this name may be written. @throws UserError where there is one that is not of this program */
  claim(name: string): string {
    const path = join(this.path, name);
    const isKnown = name === PACKAGE_FILE ? this.#isOurs : this.#before.some((resource) => resource.path === name);
    if (!isKnown && !this.#mayReplace && statSync(path, { throwIfNoEntry: false })?.isFile()) {
      throw new UserError(
        'NOT_OURS',
        `cannot write ${path}: there is a file of that name that pcprocess did not write`,
        {
          hint: 'Name another directory with --outdir, or say --force to replace it.',
        },
      );
    }
    return path;
  }

  addRange({ table, machine, column, device = '', from, to, rows, reason }: NaRange): void {
    this.#quality.add([table, machine, column, device, from, to, rows, reason]);
  }

  /** What was said of cells so far was of rows that were given up. */
  forgetRanges(): void {
    this.#quality.restart();
  }

  /** Describes what was written, beside what earlier runs wrote of other machines. @returns the names of the files it wrote */
  finish(tables: readonly TableFile[], events: readonly MachineEvent[]): string[] {
    const written = new Set(tables.map(({ path }) => path));
    const kept = this.#before.filter(
      ({ path, name }) =>
        !written.has(path) && name !== QUALITY_FILE && name !== EVENTS_FILE && existsSync(join(this.path, path)),
    );
    const stay = new Set(kept.map(({ path }) => path));
    for (const row of this.#rowsBefore(QUALITY_FILE)) if (stay.has(row[0] ?? '')) this.#quality.add(row);
    const own = [this.#writeEvents(tables, events), this.#writeQuality()].filter((resource) => resource !== undefined);
    const resources = [...kept, ...tables.map(resourceOf), ...own].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const file = new OutputFile(join(this.path, PACKAGE_FILE));
    for (const piece of packageText(resources, versionOf(manifest))) file.write(piece);
    file.finish();
    return [...own.map(({ path }) => path), PACKAGE_FILE];
  }

  discard(): void {
    this.#quality.discard();
  }

  /** What earlier runs wrote into a file that all of them share. */
  #rowsBefore(name: string): readonly (readonly string[])[] {
    return this.#before.some(({ path }) => path === name) ? readRows(join(this.path, name)) : [];
  }

  #writeQuality(): Resource {
    this.#quality.finish();
    return resourceOf({ path: QUALITY_FILE, rows: this.#quality.rows, fields: QUALITY_FIELDS });
  }

  #writeEvents(tables: readonly TableFile[], events: readonly MachineEvent[]): Resource | undefined {
    const machines = new Set(tables.map(({ machine }) => machine));
    const before = this.#rowsBefore(EVENTS_FILE).filter(([, machine = '']) => !machines.has(machine));
    if (before.length + events.length === 0 && !existsSync(join(this.path, EVENTS_FILE))) return undefined;
    const file = new SmallCsv(this.claim(EVENTS_FILE), EVENT_FIELDS);
    for (const row of before) file.add(row);
    for (const { timestamp, machine, run, event } of inOrder(events))
      file.add([timestamp, machine, run ?? 'NA', event]);
    file.finish();
    return resourceOf({ path: EVENTS_FILE, rows: file.rows, fields: EVENT_FIELDS });
  }
}

/** However they came, and each once. */
function inOrder(events: readonly MachineEvent[]): MachineEvent[] {
  const unique = new Map(events.map((one) => [JSON.stringify([one.timestamp, one.machine, one.run, one.event]), one]));
  const keys = [...unique.keys()].toSorted(
    (a, b) => (unique.get(a)?.timestamp ?? 0) - (unique.get(b)?.timestamp ?? 0) || (a < b ? -1 : 1),
  );
  return keys.flatMap((key) => unique.get(key) ?? []);
}

/** Makes it if need be. @throws UserError */
export function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw systemError(`make the output directory ${path}`, error);
  }
}
