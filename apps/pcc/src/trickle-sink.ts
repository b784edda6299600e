import type { TrickleConnection } from '@perfcollector/api/trickle';
import type { Log } from '@perfcollector/cli';
import { Sender, type SenderSetup } from './sender/sender.ts';
import type { LineKind, Outcome, Sink, SinkState } from './sink.ts';
import { Spool, type SpoolSetup } from './spool/spool.ts';

/** How long the end of a run waits for the server. */
const CLOSING_MS = 5000;

export interface TrickleSetup extends SpoolSetup {
  /** As people know it. */
  readonly server: string;
  readonly connect: () => TrickleConnection;
  readonly log: Log;
  readonly closingMs?: number;
  /** What tests replace of the sender. */
  readonly sender?: Pick<SenderSetup, 'clock' | 'random' | 'slowRetryMs'>;
}

/** Sends samples to a pcd as they come; what it does not have yet is in a spool on the disk, whatever happens. */
export class TrickleSink implements Sink {
  readonly #server: string;
  readonly #closingMs: number;
  readonly #spool: Spool;
  readonly #sender: Sender;

  private constructor(setup: TrickleSetup, spool: Spool) {
    this.#server = setup.server;
    this.#closingMs = setup.closingMs ?? CLOSING_MS;
    this.#spool = spool;
    this.#sender = new Sender({ ...setup, ...setup.sender, spool, intervalMs: setup.header.interval * 1000 });
  }

  /** @throws UserError where the spool cannot be used */
  static async open(setup: TrickleSetup): Promise<TrickleSink> {
    return new TrickleSink(setup, await Spool.open(setup));
  }

  get failed(): AbortSignal {
    return this.#sender.failed;
  }

  get state(): SinkState {
    const { waitingSamples, waitingBytes, droppedSamples, sentSamples, problem } = this.#spool;
    return { waitingSamples, waitingBytes, droppedSamples, sentSamples, problem: problem ?? this.#sender.problem };
  }

  add(line: Uint8Array, kind: LineKind): void {
    this.#spool.add(line, kind);
  }

  async close(): Promise<Outcome> {
    await this.#sender.close(this.#closingMs);
    const lost = await this.#spool.close();
    return this.#outcome(lost);
  }

  #outcome(lost: number): Outcome {
    const { waitingSamples, sentSamples, droppedSamples, refusedLines, refusedPath, directory } = this.#spool;
    const waiting = waitingSamples - lost;
    const left = [
      waiting > 0 ? `${waiting} wait in ${directory} and are sent when pcc runs again` : '',
      refusedLines > 0 ? `${refusedLines} were refused and are in ${refusedPath}` : '',
      droppedSamples > 0 ? `${droppedSamples} were dropped, for the spool was full` : '',
      lost > 0 ? `${lost} are lost, for the disk was full` : '',
    ].filter(Boolean);
    const isComplete = left.length === 0;
    if (isComplete) return { summary: `${sentSamples} samples sent to ${this.#server}`, isComplete };
    const all = sentSamples + waitingSamples + droppedSamples + refusedLines;
    return { summary: `${sentSamples} of ${all} samples sent to ${this.#server}; ${left.join('; ')}`, isComplete };
  }
}
