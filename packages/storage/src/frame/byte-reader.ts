/** What is read is not what was written: the bytes are damaged. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

/** Reads what ByteWriter wrote. @throws DamagedError, from every method, behind the last byte */
export class ByteReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.at++];
    if (value === undefined) throw new DamagedError('it ends too early');
    return value;
  }

  varint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let scale = 128; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > Number.MAX_SAFE_INTEGER) throw new DamagedError('a number in it is too large');
    }
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  float64(): number {
    this.#need(8);
    this.at += 8;
    return this.#bytes.readDoubleLE(this.at - 8);
  }

  text(): string {
    const length = this.varint();
    return this.#bytes.toString('utf8', this.at, this.#skip(length));
  }

  /** A part of the bytes themselves, no copy. */
  bytes(length: number): Uint8Array {
    const from = this.at;
    return this.#bytes.subarray(from, this.#skip(length));
  }

  #skip(length: number): number {
    this.#need(length);
    this.at += length;
    return this.at;
  }

  #need(length: number): void {
    if (this.at + length > this.#bytes.length) throw new DamagedError('it ends too early');
  }
}
