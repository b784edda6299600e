import { type Column, wideColumns } from './columns.ts';
import { type Cell, rowDeriver, type Step } from './derive-rows.ts';
import { isNa } from './na.ts';

/** Tables as text: the heading, and the rows that one step of one machine makes. */
export interface TextRows {
  readonly heading: readonly string[];
  rows(step: Step): readonly (readonly string[])[];
}

/** A row a sample, a column a field or what is derived of it. @param fields of all samples, however late */
export function wideRows(machine: string, fields: Iterable<string>): TextRows {
  const columns = wideColumns(fields);
  const derive = rowDeriver(columns);
  return {
    heading: ['timestamp', 'machine_id', ...columns.map(({ name }) => name)],
    rows: (step) => [[String(step.now.timestamp), machine, ...derive(step).map(formatCell)]],
  };
}

const LONG_HEADING = ['timestamp', 'machine_id', 'group', 'device', 'metric', 'value', 'unit'];

/**
 * A row a value: of which group of fields, of which device of it, and in which unit. A field that a sample does not have
 * makes no row there; one of which nothing can be derived is NA.
 */
export function longRows(machine: string): TextRows {
  const derive = keptDeriver();
  return {
    heading: LONG_HEADING,
    rows(step) {
      const timestamp = String(step.now.timestamp);
      return derive(step).map(({ column, cell }) => [
        timestamp,
        machine,
        ...partsOf(column),
        formatCell(cell),
        unitOf(column),
      ]);
    },
  };
}

/** Derives what a step's sample has; what is worked out of the fields' names is kept while these stay the same. */
function keptDeriver(): (step: Step) => { column: Column; cell: Cell }[] {
  let names = '';
  let columns: readonly Column[] = [];
  let derive = rowDeriver(columns);
  return (step) => {
    const fields = Object.keys(step.now.fields);
    if (fields.join() !== names) {
      names = fields.join();
      columns = wideColumns(fields);
      derive = rowDeriver(columns);
    }
    return derive(step).flatMap((cell, at) => {
      const column = columns[at];
      return column ? [{ column, cell }] : [];
    });
  };
}

/** Group, device, metric; of a field that no source gives all that is known is its name. */
function partsOf({ info, name, field, derivation }: Column): [group: string, device: string, metric: string] {
  if (!info) return ['', '', name];
  const suffix = derivation === 'rate' ? name.slice(field.length) : '';
  return [info.groupSpec.group, info.device, `${info.stat || info.groupSpec.group}${suffix}`];
}

function unitOf({ info, derivation }: Column): string {
  if (derivation === 'share') return 'percent';
  if (!info) return '';
  return derivation === 'rate' ? `${info.spec.unit}/s` : info.spec.unit;
}

/** As R's read.csv takes it: a missing value is NA; a number is printed with all its digits and never with a locale's. */
function formatCell(cell: Cell): string {
  return isNa(cell) ? 'NA' : String(cell);
}
