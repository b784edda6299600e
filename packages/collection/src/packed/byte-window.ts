/** What is kept of the bytes that were taken, for `rewind`. */
const BEHIND = 64 * 1024;

/** A stretch of a stream of bytes that moves forward: what is ahead is read as it is asked for. */
export class ByteWindow {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  /** Where `bytes` begin in the buffer. */
  #start = 0;
  #offset = 0;
  #isEnded = false;
  #failure: unknown;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** What has been read and not taken. */
  get bytes(): Uint8Array {
    return this.#start === 0 ? this.#buffer : this.#buffer.subarray(this.#start);
  }

  /** How many bytes of the stream stand before `bytes`. */
  get offset(): number {
    return this.#offset;
  }

  /** There is nothing behind `bytes`: the stream ended, or failed (`throwFailure`). */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Reads until `bytes` are this many. False where the stream has fewer. */
  async fill(length: number): Promise<boolean> {
    const chunks: Uint8Array[] = [];
    for (let have = this.bytes.length; have < length && !this.#isEnded; ) {
      const chunk = await this.#next();
      if (chunk) chunks.push(chunk);
      have += chunk?.length ?? 0;
    }
    if (chunks.length > 0) {
      const from = Math.max(0, this.#start - BEHIND);
      this.#buffer = Buffer.concat([this.#buffer.subarray(from), ...chunks]);
      this.#start -= from;
    }
    return this.bytes.length >= length;
  }

  take(length: number): void {
    this.#start += length;
    this.#offset += length;
  }

  /** Takes everything, chunk by chunk as it comes. */
  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.bytes.length > 0) yield this.bytes;
    this.#buffer = new Uint8Array(0);
    this.#start = 0;
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
    this.throwFailure();
  }

  /** Takes back so many bytes at most, as far as they are still held: 64 KiB, and at the end all since the last read. */
  rewind(length: number): void {
    this.take(-Math.min(length, this.#start));
  }

  /** @throws what reading the stream threw, if it did */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    if (!this.#isEnded) await this.#iterator.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#isEnded) return undefined;
    try {
      const { done, value } = await this.#iterator.next();
      this.#isEnded = done === true;
      return value;
    } catch (error) {
      this.#isEnded = true;
      this.#failure = error ?? new Error('reading failed');
      return undefined;
    }
  }
}
