import { type Column, wideColumns } from '@perfcollector/derive';
import { patternOf } from '../input/options.ts';

/** What of a machine's fields makes a table; as a person chose it. */
export interface TableChoice {
  /** Patterns of names; undefined for all. */
  readonly columns: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** What is derived of counters that are no shares of a time. */
  readonly rates: boolean;
  /** Counters as they were recorded. */
  readonly counters: boolean;
  readonly units: 'kib' | 'bytes';
}

/** A column of a table. */
export interface TableColumn {
  /** The heading: unique, also after R has made a name of it. */
  readonly name: string;
  readonly column: Column;
  /** What its numbers are multiplied by. */
  readonly factor: number;
  readonly unit: string;
}

/** @param taken names of columns that stand beside these */
export function tableColumns(fields: Iterable<string>, choice: TableChoice, taken: readonly string[]): TableColumn[] {
  const columns = wideColumns(fields).filter((column) => isChosen(column, choice));
  const names = uniqueNames([...taken, ...columns.map(({ name }) => name)]).slice(taken.length);
  return columns.map((column, at) => ({ name: names[at] ?? '', column, ...unitOf(column, choice) }));
}

function isChosen({ name, derivation, info }: Column, { columns, exclude, rates, counters }: TableChoice): boolean {
  if (derivation === 'rate' && !rates) return false;
  if (derivation === 'value' && info?.spec.kind === 'counter' && !counters) return false;
  return (
    (columns === undefined || patternOf(columns).test(name)) && !(exclude.length > 0 && patternOf(exclude).test(name))
  );
}

function unitOf({ info, derivation }: Column, { units }: TableChoice): { factor: number; unit: string } {
  if (derivation === 'share') return { factor: 1, unit: 'percent' };
  const inBytes = units === 'bytes' && (info?.spec.unit.startsWith('KiB') ?? false);
  const unit = inBytes ? (info?.spec.unit ?? '').replace('KiB', 'bytes') : (info?.spec.unit ?? '');
  return { factor: inBytes ? 1024 : 1, unit: derivation === 'rate' && unit !== '' ? `${unit}/s` : unit };
}

/** Names that R's make.names, which `read.csv` applies, does not make the same. A later one gets a number behind it. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(nameInR(unique)); number += 1) unique = `${name}_${number}`;
    taken.add(nameInR(unique));
    return unique;
  });
}

/** In any locale: letters beyond ASCII become dots in some. Case is kept, but a file system may not, nor SQL: it does not tell. */
function nameInR(name: string): string {
  return name.replace(/[^A-Za-z0-9._]/g, '.').toLowerCase();
}
