import { decimalEnd, digitsEnd, type FieldKey, type FieldSink, isCutOff } from '@perfcollector/procfs';

/** What stands before the fields of a sample. */
export interface SampleHead {
  /** Unix seconds, millisecond precision. */
  readonly timestamp: number;
  readonly run: string;
  readonly seq: number;
  readonly machineId: string;
}

const [BRACE, QUOTE, ZERO, MINUS] = [0x7b, 0x22, 0x30, 0x2d];
/** A number of so many digits is below 2^53, whatever they are. */
const SAFE_DIGITS = 15;
/** Room for a number, whatever its kind. */
const NUMBER_BYTES = 32;

/**
 * A sample's line in the making: fields go straight from the kernel's text into JSON, their digits copied and never
 * made numbers of. In one buffer for the whole run: a tick leaves no garbage behind.
 */
export class SampleLine implements FieldSink {
  #bytes = Buffer.alloc(64 * 1024);
  #length = 0;
  #fieldsAt = 0;
  /** `,"run":"…","seq":` and `,"tags":…,"fields":` of the last head. */
  #head: { run: string; machineId: string; before: string; behind: string } | undefined;

  /** Begins a line; the one before is gone. */
  begin({ timestamp, run, seq, machineId }: SampleHead): void {
    if (this.#head?.run !== run || this.#head.machineId !== machineId) {
      const before = `,"run":${JSON.stringify(run)},"seq":`;
      this.#head = { run, machineId, before, behind: `,"tags":${JSON.stringify({ machine_id: machineId })},"fields":` };
    }
    const { before, behind } = this.#head;
    this.#length = this.#bytes.write(`{"timestamp":${timestamp}${before}${seq}${behind}`, 0, 'utf8');
    this.#fieldsAt = this.#length;
  }

  /** @returns the whole line with its line feed, valid until the next `begin` */
  finish(): Uint8Array {
    this.#reserve(4);
    // Every field begins with a comma; the first one's becomes the brace that opens them.
    if (this.#length === this.#fieldsAt) this.#bytes[this.#length++] = BRACE;
    else this.#bytes[this.#fieldsAt] = BRACE;
    this.#length += this.#bytes.write('}}\n', this.#length, 'latin1');
    return this.#bytes.subarray(0, this.#length);
  }

  /** A place to go back to. */
  mark(): number {
    return this.#length;
  }

  /** Takes back what was put after the mark. */
  rollback(mark: number): void {
    this.#length = mark;
  }

  count(key: FieldKey, text: Uint8Array, at: number): number {
    const end = digitsEnd(text, at);
    if (end === at || isCutOff(text, end)) return end;
    this.#key(key, end - at + 2);
    if (end - at > SAFE_DIGITS) this.#large(text, at, end);
    else this.#copy(text, withoutZeros(text, at, end), end);
    return end;
  }

  decimal(key: FieldKey, text: Uint8Array, at: number): number {
    const end = decimalEnd(text, at);
    if (end === at || isCutOff(text, end)) return end;
    this.#key(key, end - at);
    const isNegative = text[at] === MINUS;
    if (isNegative) this.#bytes[this.#length++] = MINUS;
    this.#copy(text, withoutZeros(text, isNegative ? at + 1 : at, end), end);
    return end;
  }

  number(key: FieldKey, value: number | bigint): void {
    this.#key(key, NUMBER_BYTES);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) {
      this.#digits(value);
      return;
    }
    const isLarge = typeof value === 'bigint' && value > Number.MAX_SAFE_INTEGER;
    this.#length += this.#bytes.write(isLarge ? `"${value}"` : String(value), this.#length, 'latin1');
  }

  label(key: FieldKey, value: string): void {
    const json = JSON.stringify(value);
    this.#key(key, json.length * 3);
    this.#length += this.#bytes.write(json, this.#length, 'utf8');
  }

  /** Copies byte by byte: keys and numbers are short, and a call into the runtime costs more than thirty such steps. */
  #key(key: FieldKey, room: number): void {
    const { json } = key;
    this.#reserve(json.length + room);
    this.#copy(json, 0, json.length);
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let to = this.#length;
    for (let at = start; at < end; at += 1) bytes[to++] = from[at] as number;
    this.#length = to;
  }

  /** A whole number's digits, the last first: a string made for each of the many that hexadecimal files give costs more. */
  #digits(value: number): void {
    let length = 1;
    for (let above = 10; above <= value; above *= 10) length += 1;
    let rest = value;
    for (let at = this.#length + length - 1; at >= this.#length; at -= 1) {
      const tens = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + (rest - tens * 10); // the digit first: ZERO + rest may be beyond 2^53
      rest = tens;
    }
    this.#length += length;
  }

  /** Above 2^53-1 a count stands in quotes: as a number most readers of JSON would round it. */
  #large(text: Uint8Array, start: number, end: number): void {
    const first = withoutZeros(text, start, end);
    const isQuoted = end - first > SAFE_DIGITS && !Number.isSafeInteger(Number(asciiOf(text, first, end)));
    if (isQuoted) this.#bytes[this.#length++] = QUOTE;
    this.#copy(text, first, end);
    if (isQuoted) this.#bytes[this.#length++] = QUOTE;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const bytes = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + room));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

/** Where a number begins whose leading zeros JSON would not take. */
function withoutZeros(text: Uint8Array, start: number, end: number): number {
  let at = start;
  while (text[at] === ZERO && at + 1 < end && (text[at + 1] as number) >= ZERO) at += 1;
  return at;
}

function asciiOf(text: Uint8Array, start: number, end: number): string {
  return Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');
}
