import type { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { groupFields } from './fields.ts';

/** The names of one group's fields, in the order of `groupFields`. */
export type Keys = readonly FieldKey[];

/** Reads one file of a group. Shared by all groups: what it remembers of words holds for each of them. */
export type GroupScan = (text: Uint8Array, end: number, sink: FieldSink, keys: Keys) => void;

/** A statistic's place among the keys. */
export function slotOf(stat: string): number {
  const slot = groupFields.findIndex((field) => field.stat === stat);
  if (slot < 0) throw new Error(`BUG: control groups have no statistic ${stat}`);
  return slot;
}
