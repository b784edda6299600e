export type LineKind = 'sample' | 'event';

/** Where samples go. */
export interface Sink {
  /** Takes over one encoded line of the collection (line feed included). The bytes are valid during the call only. Never waits. */
  add(line: Uint8Array, kind: LineKind): void;
  /** Aborted when going on makes no sense; the reason is the error to end with. */
  readonly failed: AbortSignal;
  /** For the agent's own fields and the live line. */
  readonly state: SinkState;
  /** Brings everything to its place as far as that can be done, and tells where it is. */
  close(): Promise<Outcome>;
}

/** How it stands at this moment. */
export interface SinkState {
  /** Samples that are not yet where they belong, those of earlier runs included. */
  readonly waitingSamples: number;
  readonly waitingBytes: number;
  /** Samples that there was no room left to keep. */
  readonly droppedSamples: number;
  readonly sentSamples: number;
  /** What goes wrong now, as a sentence. */
  readonly problem: string | undefined;
}

export interface Outcome {
  /** One sentence for the end of the run. */
  readonly summary: string;
  /** Whether everything sampled is where it should be. */
  readonly isComplete: boolean;
}
