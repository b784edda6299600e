/** Where the lines of a run go. */
export interface Sink {
  /** Takes over one encoded line of the collection (line feed included). The bytes are valid during the call only. Never waits. */
  add(line: Uint8Array, kind: 'sample' | 'event'): void;
  /** Aborted when going on makes no sense (the key is refused); the reason is the error to end with. */
  readonly failed: AbortSignal;
  /** For the agent's own fields and the live line. */
  readonly state: SinkState;
  /** Brings everything to its place as far as that can be done, and tells where it is. */
  close(): Promise<Outcome>;
}

export interface SinkState {
  readonly waitingSamples: number;
  readonly waitingBytes: number;
  /** Lost: there was no room left to wait in. */
  readonly droppedSamples: number;
  /** Where they should be: written, or acknowledged by the server. */
  readonly sentSamples: number;
  /** What keeps samples waiting, as a sentence. */
  readonly problem: string | undefined;
}

export interface Outcome {
  /** One sentence for the end of the run. */
  readonly summary: string;
  /** Whether everything sampled is where it should be. */
  readonly isComplete: boolean;
}
