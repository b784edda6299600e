import { type Column, Derivation, tellsInterval, wideColumns } from '@perfcollector/derive';
import { type TableChoice, type TableColumn, tableColumns } from '../table/columns.ts';

/** What a thread must know to make rows of a machine's samples. Plain data: it travels. */
export interface TablePlan {
  readonly machine: string;
  /** All fields that its samples have. */
  readonly fields: readonly string[];
  readonly form: 'wide' | 'long' | 'numbers';
  readonly choice: TableChoice;
  /** Where the time is to be told for people, the zone that it is told in. */
  readonly timeZone: string | undefined;
}

/** The columns of a table, and how they are worked out. */
export interface WorkedPlan {
  readonly columns: readonly TableColumn[];
  readonly derivation: Derivation;
  /** Where each column stands in the derivation. */
  readonly indexes: Int32Array;
}

export function workOut(plan: TablePlan): WorkedPlan {
  const columns = tableColumns(plan.fields, plan.choice, headColumns(plan));
  const needed = withTheirDevices(columns, plan.fields);
  const derivation = new Derivation(needed);
  const places = new Map(needed.map(({ name }, at) => [name, at]));
  return { columns, derivation, indexes: Int32Array.from(columns, ({ column }) => places.get(column.name) ?? -1) };
}

/** The columns before those of fields. */
function headColumns({ timeZone }: Pick<TablePlan, 'timeZone'>): string[] {
  return ['timestamp', ...(timeZone === undefined ? [] : ['time']), 'machine_id'];
}

/**
 * Whether a counter is to be believed is seen from the others of its device; a share needs the other parts of its time; and
 * how long an interval was is told by the boot clock and the time of CPUs.
 */
function withTheirDevices(columns: readonly TableColumn[], fields: readonly string[]): Column[] {
  const devices = new Set(columns.map(({ column }) => deviceOf(column)));
  return wideColumns(fields).filter((column) => devices.has(deviceOf(column)) || tellsInterval(column.field));
}

function deviceOf({ info, field }: Column): string {
  return info ? `${info.groupSpec.group}\0${info.device}` : `\0${field}`;
}
