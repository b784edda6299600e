import type { Fields } from '@perfcollector/procfs';
import type { HeaderLine, PlacedLine } from './placed-lines.ts';

/** Raw lines of one time and machine, on their way to being one sample of this suite's. */
export class RawSamples {
  /** Raw lines without a field: facts, and kernel files that no source reads. */
  leftOut = 0;
  #first: PlacedLine | undefined;
  #fields: Fields = {};

  /** Adds a raw line; gives the sample before it where the line begins a new one. */
  add(line: PlacedLine): SampleLine | undefined {
    const before = this.#first?.time === line.time && this.#first.header === line.header ? undefined : this.take();
    if (!line.fields || Object.keys(line.fields).length === 0) this.leftOut += 1;
    else {
      this.#first ??= line;
      Object.assign(this.#fields, line.fields);
    }
    return before;
  }

  take(): SampleLine | undefined {
    const first = this.#first;
    const fields = this.#fields;
    this.#first = undefined;
    this.#fields = {};
    return first && sampleLine(first, fields);
  }
}

interface SampleLine {
  readonly kind: 'sample';
  readonly time: number;
  readonly machine: string;
  readonly header: HeaderLine | undefined;
  readonly content: Buffer;
}

/** A sample of what raw lines say. */
export function sampleLine({ time, machine, header }: PlacedLine, fields: Fields): SampleLine {
  const sample = { timestamp: time, run: header?.value.run, tags: { machine_id: machine }, fields };
  return { kind: 'sample', time, machine, header, content: Buffer.from(JSON.stringify(sample)) };
}
