import { TIMESTAMP_LIMIT } from '../lines.ts';

/** What stands before the fields of a sample, and where they begin. */
export interface ScannedHead {
  /** Unix seconds. */
  readonly timestamp: number;
  readonly run: string;
  readonly seq: number;
  readonly machineId: string;
  /** Of their opening brace. */
  readonly fieldsAt: number;
}

/** As this suite writes it; other lines are left to the general way. */
const HEAD =
  /^\{"timestamp":((?:0|[1-9]\d{0,10})(?:\.\d{1,3})?)(,"run":"([ !#-[\]-~]+)","seq":)(0|[1-9]\d{0,14})(,"tags":\{"machine_id":"([ !#-[\]-~]+)"\},"fields":)\{/;
/** Names may be long, but not that long. */
const LONGEST_HEAD = 1024;
const BEGIN = Buffer.from('{"timestamp":');
const [ZERO, NINE, DOT, OPEN] = [0x30, 0x39, 0x2e, 0x7b];
/** Below it whole numbers that are put together digit by digit are exact. */
const MOST_DIGITS = 15;

/** Reads the heads of samples from their lines' bytes: those of one run differ in two numbers only. */
export class HeadScanner {
  #known = { run: '', machineId: '', between: Buffer.alloc(0), behind: Buffer.alloc(0) };
  #at = 0;
  #number = 0;

  /** @returns undefined where the line does not begin as this suite's samples do */
  scan(line: Buffer): ScannedHead | undefined {
    return this.#usual(line) ?? this.#learn(line);
  }

  #usual(line: Buffer): ScannedHead | undefined {
    const { run, machineId, between, behind } = this.#known;
    if (run === '' || !this.#goesOnWith(BEGIN, line, 0) || !this.#readNumber(line)) return undefined;
    const whole = this.#number;
    if (whole >= TIMESTAMP_LIMIT) return undefined;
    const timestamp = line[this.#at] === DOT ? this.#withMilliseconds(line, whole) : whole;
    if (timestamp === undefined || !this.#goesOnWith(between, line, this.#at) || !this.#readNumber(line))
      return undefined;
    const seq = this.#number;
    if (!this.#goesOnWith(behind, line, this.#at) || line[this.#at] !== OPEN) return undefined;
    return { timestamp, run, seq, machineId, fieldsAt: this.#at };
  }

  #learn(line: Buffer): ScannedHead | undefined {
    const match = HEAD.exec(line.toString('latin1', 0, LONGEST_HEAD));
    const [text, timestamp, between, run, seq, behind, machineId] = match ?? [];
    if (text === undefined || run === undefined || machineId === undefined) return undefined;
    this.#known = { run, machineId, between: Buffer.from(between ?? ''), behind: Buffer.from(behind ?? '') };
    return { timestamp: Number(timestamp), run, seq: Number(seq), machineId, fieldsAt: text.length - 1 };
  }

  #goesOnWith(expected: Buffer, line: Buffer, start: number): boolean {
    let at = start;
    for (const byte of expected) if (line[at++] !== byte) return false;
    this.#at = at;
    return true;
  }

  /** Digits that JSON takes for a number: no zero before others. */
  #readNumber(line: Buffer): boolean {
    const start = this.#at;
    let at = start;
    let number = 0;
    for (let byte = line[at] as number; byte >= ZERO && byte <= NINE; byte = line[++at] as number)
      number = number * 10 + byte - ZERO;
    this.#at = at;
    this.#number = number;
    const digits = at - start;
    return digits > 0 && digits <= MOST_DIGITS && (digits === 1 || line[start] !== ZERO);
  }

  /** The nearest double to the text, as JSON.parse gives it: both numbers of the quotient are exact. */
  #withMilliseconds(line: Buffer, whole: number): number | undefined {
    const start = ++this.#at;
    let at = start;
    let number = whole;
    for (let byte = line[at] as number; byte >= ZERO && byte <= NINE; byte = line[++at] as number)
      number = number * 10 + byte - ZERO;
    this.#at = at;
    const places = at - start;
    if (places === 0 || places > 3) return undefined;
    return number / (places === 3 ? 1000 : 10 ** places);
  }
}
