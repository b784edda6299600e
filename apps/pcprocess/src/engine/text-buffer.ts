/** Text in the making, as bytes: numbers and pieces of other bytes go into it without a string being made of them. */
export class TextBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  #length = 0;
  /** What was promised last. */
  #room = 0;

  /** Copies what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const text = new Uint8Array(this.#length);
    text.set(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }

  /** Makes room, once for many small pieces; texts between them take nothing of it. */
  reserve(room: number): void {
    this.#room = room;
    this.#grow(room);
  }

  #grow(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + room));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }

  byte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  text(text: string): void {
    this.#grow(text.length * 3 + this.#room);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** Byte by byte: numbers are short, and a call into the runtime costs more than thirty such steps. */
  copy(from: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let to = this.#length;
    for (let at = start; at < end; at += 1) bytes[to++] = from[at] as number;
    this.#length = to;
  }

  /** As JavaScript writes it: the shortest text that is this double again. */
  number(value: number): void {
    if (value >= 0 && value < SMALL && Number.isInteger(value)) this.#digits(value);
    else this.#ascii(String(value));
  }

  #digits(value: number): void {
    if (value < 10) {
      this.#bytes[this.#length++] = ZERO + value;
      return;
    }
    let length = 2;
    for (let above = 100; above <= value; above *= 10) length += 1;
    let rest = value;
    for (let at = this.#length + length - 1; at >= this.#length; at -= 1) {
      const tens = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    this.#length += length;
  }

  #ascii(text: string): void {
    const bytes = this.#bytes;
    let to = this.#length;
    for (let at = 0; at < text.length; at += 1) bytes[to++] = text.charCodeAt(at);
    this.#length = to;
  }
}

const ZERO = 0x30;
/** Below it whole numbers are divided exactly, and 0 is not -0 that would lose its sign: String writes both as 0. */
const SMALL = 2 ** 31;

/** Longest text of a double. */
export const NUMBER_BYTES = 25;

/** A cell of text: quoted where a comma, a quote or a line's end stands in it (RFC 4180). */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
