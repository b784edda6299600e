import type { Sample } from '@perfcollector/collection';

/** Where samples go. */
export interface Sink {
  /** Takes a sample over; never waits for a disk or a server. */
  add(sample: Sample): void;
  /** Aborted when going on makes no sense (the key is refused); the reason is the error to end with. */
  readonly failed: AbortSignal;
  /** Brings everything to its place as far as that can be done, and tells where it is. */
  close(): Promise<Outcome>;
}

export interface Outcome {
  /** One sentence for the end of the run. */
  readonly summary: string;
  /** Whether everything sampled is where it should be. */
  readonly isComplete: boolean;
}
