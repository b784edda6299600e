import { type Header, parseLine, type Sample } from '@perfcollector/collection';
import type { Timed } from '@perfcollector/derive';

/** A sample as the text that it came as: taken apart when its numbers are needed, and where there is a thread to do it. */
export interface SampleLine extends Timed {
  readonly machine: string;
  readonly run: string | undefined;
  readonly seq: number | undefined;
  readonly header: Header | undefined;
  /** The line, or a part of it that is a sample; without its line feed. */
  readonly bytes: Buffer;
  /** Where the opening brace of its fields is. */
  readonly fieldsAt: number;
  /** 1-based, in its input. */
  readonly number: number;
}

const FIELDS = '{"timestamp":0,"fields":';

/** A sample that did not come as a line of its own: of raw lines, or in a form that agents of this suite do not write. */
export function textOfFields({ fields }: Pick<Sample, 'fields'>): Pick<SampleLine, 'bytes' | 'fieldsAt'> {
  return { bytes: Buffer.from(`${FIELDS}${JSON.stringify(fields)}}`), fieldsAt: FIELDS.length };
}

/** The sample itself. @throws LineError where the line is none */
export function sampleOf({ timestamp, machine, run, seq, bytes }: SampleLine): Sample {
  const line = parseLine(bytes.toString('utf8'));
  if (line.kind !== 'sample') throw new Error(`BUG: a ${line.kind} was taken for a sample`);
  const { fields } = line.value;
  const tags = { machine_id: machine };
  return { timestamp, ...(run !== undefined && { run }), ...(seq !== undefined && { seq }), tags, fields };
}
