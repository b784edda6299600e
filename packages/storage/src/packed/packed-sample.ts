import type { Sample } from '@perfcollector/collection';
import type { FieldValue } from '@perfcollector/procfs';
import { ByteReader } from '../frame/byte-reader.ts';
import { ByteWriter } from '../frame/byte-writer.ts';
import { ValueReader, writeValue } from '../frame/values.ts';
import { StoreError } from '../store.ts';
import { jsonTextOf } from './json-text.ts';

/**
 * A sample without its field names: those of one machine are the same sample after sample. It says no more and no less
 * than the sample that it was made of.
 */
export interface PackedSample {
  /** Its timestamp, Unix milliseconds. */
  readonly ms: number;
  readonly run: string | null;
  readonly seq: number | null;
  /** Its fields' names as a JSON array, in their order. */
  readonly names: string;
  /** How many fields. */
  readonly count: number;
  /** Their values in that order; see frame/values.ts. */
  readonly values: Uint8Array;
  /**
   * What else is in it, as a JSON object: foreign members, tags, a timestamp that is no whole millisecond. Null where there
   * is nothing but the tag `machine_id` with its machine's name.
   */
  readonly rest: string | null;
}

/** No JSON holds bytes, so nothing that was parsed passes for one. */
export function isPacked(value: unknown): value is PackedSample {
  return typeof value === 'object' && value !== null && 'values' in value && value.values instanceof Uint8Array;
}

/** Packs samples of one machine. @throws StoreError where a timestamp is none */
export function packer(machine: string): (sample: Sample) => PackedSample {
  const writer = new ByteWriter();
  return (sample) => {
    const { timestamp, run, seq, tags, fields, ...others } = sample;
    const ms = Math.round(timestamp * 1000);
    if (!Number.isSafeInteger(ms)) throw new StoreError('FAILED', `a sample cannot have the timestamp ${timestamp}`);
    const names = Object.keys(fields);
    for (const name of names) writeValue(writer, fields[name] as FieldValue);
    const isPlain = tags !== undefined && isMachineTag(tags, machine) && ms / 1000 === timestamp;
    const rest = { ...(tags && { tags }), ...(ms / 1000 !== timestamp && { timestamp }), ...others };
    return {
      ms,
      run: run ?? null,
      seq: seq ?? null,
      names: JSON.stringify(names),
      count: names.length,
      values: writer.take(),
      rest: isPlain && Object.keys(others).length === 0 ? null : jsonTextOf(rest),
    };
  };
}

function isMachineTag(tags: object, machine: string): boolean {
  const names = Object.keys(tags);
  return names.length === 1 && 'machine_id' in tags && tags.machine_id === machine;
}

/** @throws DamagedError where its values are not what was packed */
export function unpackSample(
  packed: Omit<PackedSample, 'names' | 'count'>,
  names: readonly string[],
  machine: string,
): Sample {
  const values = new ValueReader(new ByteReader(packed.values));
  const fields: Record<string, FieldValue> = {};
  for (const name of names) {
    values.next();
    setOwn(fields, name, values.value);
  }
  return { ...headOf(packed, machine), fields };
}

/** Everything of a sample but its fields. */
export function headOf(
  { ms, run, seq, rest }: Pick<PackedSample, 'ms' | 'run' | 'seq' | 'rest'>,
  machine: string,
): Omit<Sample, 'fields'> {
  const others = rest === null ? { tags: { machine_id: machine } } : (JSON.parse(rest) as object);
  return { timestamp: ms / 1000, ...(run !== null && { run }), ...(seq !== null && { seq }), ...others };
}

/** `__proto__` is a name as any other. */
function setOwn(fields: Record<string, FieldValue>, name: string, value: FieldValue): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
}
