export type LineKind = 'sample' | 'event';

/** Where lines of a collection go. */
export interface Sink {
  /**
   * Takes over one encoded line, line feed included; never waits for a disk or a server.
   * @param line valid during the call only
   */
  add(line: Uint8Array, kind: LineKind): void;
  /** Aborted when going on makes no sense; the reason is the error to end with. */
  readonly failed: AbortSignal;
  /** For the agent's own fields and the live line. */
  readonly state: SinkState;
  /** Brings everything to its place as far as that can be done, and tells where it is. */
  close(): Promise<Outcome>;
}

export interface SinkState {
  /** Samples that are not yet where they should be, and their bytes. */
  readonly waitingSamples: number;
  readonly waitingBytes: number;
  /** Samples that there was no room for. */
  readonly droppedSamples: number;
  /** Samples that are where they should be: in the file, or acknowledged by the server. */
  readonly sentSamples: number;
  /** What is wrong just now. */
  readonly problem: string | undefined;
}

export interface Outcome {
  /** One sentence for the end of the run. */
  readonly summary: string;
  /** Whether everything sampled is where it should be. */
  readonly isComplete: boolean;
}
