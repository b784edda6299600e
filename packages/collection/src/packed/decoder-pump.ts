import type { InflateRaw, ZstdDecompress } from 'node:zlib';

/** Packed bytes given to a decoder at a time: bounds what comes out at once, also of data made to swell. */
export const SLICE = 4096;

/**
 * Runs bytes through a decoder by hand. A pipeline would throw away what the decoder holds ready when it fails; here
 * everything that came before the damage is given.
 */
export class DecoderPump {
  readonly #decoder: InflateRaw | ZstdDecompress;
  readonly #closed: Promise<void>;
  #ready: Uint8Array[] = [];
  /** What the decoder said of data that it does not take. */
  failure: Error | undefined;
  /** The packed data says that it ends here; `taken` says where. */
  isEnded = false;

  constructor(decoder: InflateRaw | ZstdDecompress) {
    this.#decoder = decoder;
    this.#closed = new Promise((resolve) => decoder.once('close', resolve).once('end', resolve));
    decoder
      .on('data', (chunk: Uint8Array) => this.#ready.push(chunk))
      .on('error', (error) => (this.failure = error))
      .once('end', () => (this.isEnded = true));
  }

  /** Packed bytes that the decoder has used. */
  get taken(): number {
    return this.#decoder.bytesWritten;
  }

  async write(slice: Uint8Array): Promise<Uint8Array[]> {
    await Promise.race([new Promise((resolve) => this.#decoder.write(slice, resolve)), this.#closed]);
    return this.#take();
  }

  /** There is no more: gives what is left. */
  async finish(): Promise<Uint8Array[]> {
    this.#decoder.end();
    if (!this.failure) await this.#closed;
    return this.#take();
  }

  close(): void {
    this.#decoder.destroy();
  }

  #take(): Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
