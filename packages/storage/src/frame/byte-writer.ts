/** Bytes in the making, in a buffer that grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(16 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53−1: seven bits a byte, the lowest first (LEB128). */
  varint(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number whose double is safe, of either sign: 0, −1, 1, −2, … as 0, 1, 2, 3, … */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** The lowest so many bytes of a whole number below 2^32, the lowest first. */
  bytesOf(value: number, count: number): void {
    if (this.#length + 4 > this.#bytes.length) this.#grow(4);
    let rest = value;
    for (let left = count; left > 0; left -= 1) {
      this.#bytes[this.#length++] = rest & 0xff;
      rest >>>= 8;
    }
  }

  float64(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Its length in bytes, and then its bytes. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written, valid until the next writing. */
  view(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#length);
  }

  /** What was written, for keeps; the writer is empty then. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length) as Uint8Array<ArrayBuffer>;
    this.#length = 0;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(room: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + room));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
