import type { FieldValue } from '@perfcollector/procfs';
import { ByteReader } from '../frame/byte-reader.ts';
import { ABSENT, type Column, OTHER } from '../frame/column.ts';
import { ValueReader } from '../frame/values.ts';
import { jsonTextOf } from '../packed/json-text.ts';
import { headOf, type PackedSample } from '../packed/packed-sample.ts';
import type { Chunk, SampleRow } from './chunk.ts';

/** Samples of one machine as lines of a collection, without their line feeds. */
export class SampleTexts {
  readonly #machine: string;
  /** `"cpu_user":` of each name. */
  readonly #keys = new Map<string, string>();

  constructor(machine: string) {
    this.#machine = machine;
  }

  ofRow({ names, values, ...head }: SampleRow): string {
    const reader = new ValueReader(new ByteReader(values));
    let fields = '';
    for (const name of names) {
      reader.next();
      fields += this.#key(name) + textOf(reader.value);
    }
    return this.#line(head, fields);
  }

  /** Of a chunk's rows one after the other. */
  ofChunk(chunk: Chunk): (row: number) => string {
    const parts = chunk.fields.flatMap((field) => {
      const column = chunk.column(field);
      return column ? [new FieldTexts(this.#key(field), column)] : [];
    });
    return (row) => {
      let fields = '';
      for (const part of parts) fields += part.at(row);
      return this.#line(chunk.headAt(row), fields);
    };
  }

  #key(name: string): string {
    const key = this.#keys.get(name) ?? `,${JSON.stringify(name)}:`;
    this.#keys.set(name, key);
    return key;
  }

  /** @param fields each with a comma before it */
  #line(head: Pick<PackedSample, 'ms' | 'run' | 'seq' | 'rest'>, fields: string): string {
    // What came as agents write it holds nothing that a plain text of it would not.
    const text = (head.rest === null ? JSON.stringify : jsonTextOf)(headOf(head, this.#machine));
    return `${text.slice(0, -1)},"fields":{${fields.slice(1)}}}`;
  }
}

/** A column as members of JSON objects. Most values are those of the row before: their text is kept. */
class FieldTexts {
  readonly #key: string;
  readonly #column: Column;
  #mantissa = Number.NaN;
  #scale = ABSENT;
  #text = '';

  constructor(key: string, column: Column) {
    this.#key = key;
    this.#column = column;
  }

  at(row: number): string {
    const scale = this.#column.scales[row] as number;
    const mantissa = this.#column.mantissas[row] as number;
    if (scale === this.#scale && mantissa === this.#mantissa) return this.#text;
    const value = this.#column.get(row);
    if (value === undefined) return '';
    const text = this.#key + textOf(value);
    // A text or a double has no mantissa to know it by.
    [this.#scale, this.#mantissa, this.#text] = [scale, scale === OTHER ? Number.NaN : mantissa, text];
    return text;
  }
}

function textOf(value: FieldValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}
