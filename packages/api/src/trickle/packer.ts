import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

/**
 * Packs bodies, each into a zstd frame of its own, with one compressor that lives as long as the connection. Measured
 * with Node 26 over 20,000 bodies of 10 kB: a `zstdCompressSync` for each leaves the process at 45 MB anonymous memory,
 * this one at 15.7 MB. A window of 128 KiB is as much as a sample needs; small pieces are all that is held.
 */
export class Packer {
  #stream: ZstdCompress | undefined;
  #packed: Buffer[] = [];

  /** One at a time. */
  async pack(pieces: readonly Uint8Array[]): Promise<readonly Buffer[]> {
    this.#stream ??= this.#open();
    const stream = this.#stream;
    const packed: Buffer[] = [];
    this.#packed = packed;
    for (const piece of pieces) stream.write(piece);
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.flush(constants.ZSTD_e_end, () => {
        stream.off('error', reject);
        resolve();
      });
    });
    return packed;
  }

  close(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  #open(): ZstdCompress {
    const stream = createZstdCompress({ chunkSize: 4096, params: { [constants.ZSTD_c_windowLog]: 17 } });
    return stream.on('data', (chunk: Buffer) => this.#packed.push(chunk)).on('error', () => this.close());
  }
}
