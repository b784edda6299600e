/**
 * Packs the samples of a request straight from its bytes. `JSON.parse` makes an object and hundreds of texts of each sample,
 * only for them to be taken apart again: with the checks behind it that cost 0.38 µs a value, this 0.06 (743 fields).
 * It takes what agents write: plain samples. Whatever else JSON allows (escapes, exponents, members that it does not know,
 * lines of other kinds) it leaves, the request as a whole, to the way that takes everything.
 */
import { MOST_FIELDS, TIMESTAMP_LIMIT } from '@perfcollector/collection';
import type { ByteWriter } from '../frame/byte-writer.ts';
import { MOST_SCALE } from '../frame/decimal.ts';
import { writeDecimal, writeValue } from '../frame/values.ts';
import type { PackedSample } from './packed-sample.ts';
import { type Shape, type Shapes, shapeOf } from './shape.ts';

export interface ScannedRequest {
  readonly identifier: string;
  readonly samples: readonly PackedSample[];
}

/** Thrown where the scan ends; no error, for most requests that it leaves are good ones. */
const UNUSUAL = Symbol('not what agents write');

const [QUOTE, COMMA, COLON, DOT, ZERO, NINE, MINUS, SPACE] = [0x22, 0x2c, 0x3a, 0x2e, 0x30, 0x39, 0x2d, 0x20];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, BACKSLASH, DELETE] = [0x7b, 0x7d, 0x5b, 0x5d, 0x5c, 0x7f];
const [TAB, LINE_FEED, RETURN, EXPONENT, LARGE_EXPONENT] = [0x09, 0x0a, 0x0d, 0x65, 0x45];
/** A number of so many digits is below 2^53, whatever they are. */
const SAFE_DIGITS = 15;

/**
 * @param shapes what it learnt of earlier requests
 * @param tenant whose machine it is
 * @returns undefined where the request is not wholly of the usual form; nothing is said of whether it is good
 */
export function scanSamples(body: Buffer, shapes: Shapes, tenant: string): ScannedRequest | undefined {
  try {
    return new Scanner(body, shapes, tenant).request();
  } catch (error) {
    if (error === UNUSUAL) return undefined;
    throw error;
  }
}

type Fields = Pick<PackedSample, 'names' | 'count'>;

/** Its values are a part of those of the whole request: one copy goes to another thread, not one for each sample. */
interface Scanned extends Omit<PackedSample, 'values'> {
  readonly start: number;
  readonly end: number;
}

class Scanner {
  readonly #bytes: Buffer;
  readonly #words: DataView;
  readonly #shapes: Shapes;
  readonly #tenant: string;
  readonly #values: ByteWriter;
  #at = 0;

  constructor(body: Buffer, shapes: Shapes, tenant: string) {
    this.#bytes = body;
    this.#words = new DataView(body.buffer, body.byteOffset, body.length);
    this.#shapes = shapes;
    this.#tenant = tenant;
    this.#values = shapes.writer;
    this.#values.clear();
  }

  request(): ScannedRequest {
    this.#expect(OPEN);
    this.#name('identifier');
    const identifier = this.#text();
    this.#expect(COMMA);
    this.#name('measurements');
    this.#expect(OPEN_LIST);
    const samples: Scanned[] = [];
    if (this.#peek() !== CLOSE_LIST) {
      do samples.push(this.#sample(identifier));
      while (this.#goesOn());
    }
    this.#expect(CLOSE_LIST);
    this.#expect(CLOSE);
    if (this.#peek() !== undefined) throw UNUSUAL;
    // Parts of one sample are put together before they are packed: the store would unpack and pack the whole for each.
    if (new Set(samples.map(({ ms }) => ms)).size < samples.length) throw UNUSUAL;
    const values = this.#values.take();
    return {
      identifier,
      samples: samples.map(({ start, end, ...rest }) => ({ ...rest, values: values.subarray(start, end) })),
    };
  }

  #sample(identifier: string): Scanned {
    const start = this.#values.length;
    const found: { ms?: number; run?: string; seq?: number; fields?: Fields; isTagged?: true } = {};
    this.#expect(OPEN);
    do {
      const name = this.#text();
      this.#expect(COLON);
      if (name === 'timestamp' && found.ms === undefined) found.ms = this.#milliseconds();
      else if (name === 'run' && found.run === undefined) found.run = this.#text();
      else if (name === 'seq' && found.seq === undefined) found.seq = this.#wholeNumber();
      else if (name === 'tags' && !found.isTagged) found.isTagged = this.#tags(identifier);
      else if (name === 'fields' && !found.fields) found.fields = this.#fields(identifier);
      else throw UNUSUAL;
    } while (this.#goesOn());
    this.#expect(CLOSE);
    const { ms, run = null, seq = null, fields, isTagged } = found;
    if (ms === undefined || !fields || !isTagged) throw UNUSUAL;
    return { ms, run, seq, names: fields.names, count: fields.count, rest: null, start, end: this.#values.length };
  }

  #tags(identifier: string): true {
    this.#expect(OPEN);
    this.#name('machine_id');
    if (this.#text() !== identifier) throw UNUSUAL;
    this.#expect(CLOSE);
    return true;
  }

  /** Packs the values. @returns the names */
  #fields(identifier: string): Fields {
    const machine = `${this.#tenant}\0${identifier}`;
    const usual = this.#shapes.of(machine);
    this.#expect(OPEN);
    if (this.#peek() === CLOSE) {
      this.#at += 1;
      return { names: '[]', count: 0 };
    }
    const { count, hasMore } = usual ? this.#usualFields(usual) : { count: 0, hasMore: true };
    if (usual && !hasMore && count === usual.ends.length) {
      this.#expect(CLOSE);
      return { names: usual.names, count };
    }
    const names = usual ? (JSON.parse(usual.names) as string[]).slice(0, count) : [];
    if (hasMore) this.#otherFields(names);
    this.#expect(CLOSE);
    return { names: this.#learn(machine, names), count: names.length };
  }

  /**
   * Goes through the fields as long as their names are the usual ones, without blanks, and their values whole numbers or
   * short decimal ones: nearly to the end, nearly always. In one piece, for this is where the time goes.
   * @returns how many they are, and whether a comma came behind them
   */
  #usualFields({ keys, ends }: Shape): { count: number; hasMore: boolean } {
    const bytes = this.#bytes;
    const words = this.#words;
    const values = this.#values;
    let from = 0;
    let count = 0;
    for (; count < ends.length; count += 1) {
      const end = ends[count] as number;
      let at = this.#at;
      if (at + end - from > bytes.length) break;
      // Four bytes at a time: half the time of one by one.
      for (; from + 4 <= end && words.getUint32(at) === keys.getUint32(from); from += 4) at += 4;
      for (; from < end && bytes[at] === keys.getUint8(from); from += 1) at += 1;
      if (from < end) break;
      const start = at;
      let mantissa = 0;
      let byte = bytes[at] as number;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) mantissa = mantissa * 10 + byte - ZERO;
      const digits = at - start;
      if (byte === COMMA && digits > 0 && digits <= SAFE_DIGITS && (digits === 1 || bytes[start] !== ZERO)) {
        writeDecimal(values, mantissa, 0);
        this.#at = at + 1;
        continue;
      }
      this.#at = start;
      this.#value();
      if (!this.#goesOn()) return { count: count + 1, hasMore: false };
    }
    return { count, hasMore: true };
  }

  /** @param names of the fields before; those that follow are added */
  #otherFields(names: string[]): void {
    do {
      names.push(this.#text());
      this.#expect(COLON);
      this.#value();
    } while (this.#goesOn());
  }

  #learn(machine: string, names: readonly string[]): string {
    if (names.length > MOST_FIELDS || new Set(names).size < names.length) throw UNUSUAL;
    const shape = shapeOf(names);
    this.#shapes.remember(machine, shape);
    return shape.names;
  }

  #value(): void {
    const first = this.#peek();
    if (first === QUOTE) writeValue(this.#values, this.#text());
    else this.#number();
  }

  #number(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const isNegative = bytes[start] === MINUS;
    let at = isNegative ? start + 1 : start;
    if (bytes[at] === ZERO && isDigit(bytes[at + 1])) throw UNUSUAL;
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    for (; isDigit(bytes[at]); at += 1, digits += 1) mantissa = mantissa * 10 + (bytes[at] as number) - ZERO;
    if (digits === 0) throw UNUSUAL;
    if (bytes[at] === DOT) {
      for (at += 1; isDigit(bytes[at]); at += 1, scale += 1) mantissa = mantissa * 10 + (bytes[at] as number) - ZERO;
      if (scale === 0) throw UNUSUAL;
    }
    const after = bytes[at];
    if (after === EXPONENT || after === LARGE_EXPONENT) throw UNUSUAL;
    this.#at = at;
    if (digits + scale > SAFE_DIGITS || scale > MOST_SCALE) this.#longNumber(start, at);
    else this.#shortNumber(isNegative ? -mantissa : mantissa, scale);
  }

  #shortNumber(mantissa: number, scale: number): void {
    if (Object.is(mantissa, -0)) throw UNUSUAL;
    let reduced = mantissa;
    let behind = scale;
    for (; behind > 0 && reduced % 10 === 0; behind -= 1) reduced /= 10;
    writeDecimal(this.#values, reduced, behind);
  }

  /** A count above 2^53 is kept as its digits. */
  #longNumber(start: number, end: number): void {
    const text = this.#bytes.toString('latin1', start, end);
    const number = Number(text);
    if (Number.isSafeInteger(number) || text.includes('.')) writeValue(this.#values, number);
    else if (number > 0) writeValue(this.#values, text);
    else throw UNUSUAL;
  }

  #milliseconds(): number {
    this.#peek();
    const start = this.#at;
    this.#skipNumber();
    const seconds = Number(this.#bytes.toString('latin1', start, this.#at));
    const ms = Math.round(seconds * 1000);
    if (ms / 1000 !== seconds || seconds >= TIMESTAMP_LIMIT) throw UNUSUAL;
    return ms;
  }

  #wholeNumber(): number {
    this.#peek();
    const start = this.#at;
    this.#skipNumber();
    const number = Number(this.#bytes.toString('latin1', start, this.#at));
    if (!Number.isSafeInteger(number)) throw UNUSUAL;
    return number;
  }

  /** Digits, and more digits behind a point; no sign, no zero before other digits. */
  #skipNumber(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] === ZERO && isDigit(bytes[this.#at + 1])) throw UNUSUAL;
    const whole = this.#skipDigits();
    if (bytes[this.#at] === DOT) {
      this.#at += 1;
      if (this.#skipDigits() === 0) throw UNUSUAL;
    }
    const after = bytes[this.#at];
    if (whole === 0 || after === EXPONENT || after === LARGE_EXPONENT) throw UNUSUAL;
  }

  #skipDigits(): number {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at += 1;
    return this.#at - start;
  }

  #name(wanted: string): void {
    if (this.#text() !== wanted) throw UNUSUAL;
    this.#expect(COLON);
  }

  /** A text of printable ASCII without escapes. */
  #text(): string {
    this.#expect(QUOTE);
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at])
      if (byte === undefined || byte < SPACE || byte === BACKSLASH || byte >= DELETE) throw UNUSUAL;
    this.#at = at + 1;
    return bytes.toString('latin1', start, at);
  }

  /** Whether a comma follows; then it goes behind it. */
  #goesOn(): boolean {
    if (this.#peek() !== COMMA) return false;
    this.#at += 1;
    return true;
  }

  #expect(byte: number): void {
    if (this.#peek() !== byte) throw UNUSUAL;
    this.#at += 1;
  }

  /** The next byte that is no blank. */
  #peek(): number | undefined {
    const bytes = this.#bytes;
    let byte = bytes[this.#at];
    if (byte !== undefined && byte > SPACE) return byte;
    while (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB) byte = bytes[++this.#at];
    return byte;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
