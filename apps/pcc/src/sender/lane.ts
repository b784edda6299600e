import type { TrickleConnection } from '@perfcollector/api/trickle';
import type { Batch, Run } from '../spool/batch.ts';

/** The header goes along now and then: the server may have been given a new store, or the machine deleted there. */
const HEADER_EVERY = 100;
/** What a batch grows by after each success, once it had to be made smaller. */
const GROWTH = 1 / 16;
const LEAST_BYTES = 4 * 1024;

/** One connection with what belongs to it: a buffer for lines on their way, and what the server was told on it. */
export class Lane {
  /** What lines are read into; it bounds the memory that sending takes. */
  readonly buffer: Buffer;
  readonly #connection: TrickleConnection;
  #mostBytes: number;
  #toldRun: Run | undefined;
  /** On which of the connections that were opened one after the other. */
  #toldOn = 0;
  #sinceHeader = 0;

  constructor(connection: TrickleConnection, bytes: number) {
    this.#connection = connection;
    this.buffer = Buffer.allocUnsafeSlow(bytes);
    this.#mostBytes = bytes;
  }

  /** Bytes of lines that one request may hold. */
  get mostBytes(): number {
    return this.#mostBytes;
  }

  /** Whether the header of the run goes along with its next lines. */
  needsHeader({ run }: Batch): boolean {
    const isTold = run === this.#toldRun && this.#connection.opened === this.#toldOn;
    return !isTold || this.#sinceHeader >= HEADER_EVERY;
  }

  /** @throws ApiError */
  async send({ run, lines }: Batch, withHeader: boolean): Promise<void> {
    await this.#connection.send(run.identifier, withHeader && run.line ? [run.line, ...lines] : lines);
    this.#sinceHeader = withHeader ? 1 : this.#sinceHeader + 1;
    if (withHeader) {
      this.#toldRun = run;
      this.#toldOn = this.#connection.opened;
    }
    this.#mostBytes = Math.min(Math.ceil(this.#mostBytes * (1 + GROWTH)), this.buffer.length);
  }

  /** The server may have become another one. */
  forget(): void {
    this.#toldRun = undefined;
  }

  /** A request of this many bytes was too much. */
  shrink(bytes: number): void {
    this.#mostBytes = Math.max(Math.floor(bytes / 2), LEAST_BYTES);
  }

  close(): void {
    this.#connection.close();
  }
}
