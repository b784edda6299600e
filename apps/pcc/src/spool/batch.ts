import type { Header } from '@perfcollector/collection';

/** The run that lines are of: what the server is told of them. */
export interface Run {
  readonly identifier: string;
  /** Undefined where the first line of an earlier run cannot be read. */
  readonly header: Pick<Header, 'run'> | undefined;
  /** The header as a line. */
  readonly line: Uint8Array | undefined;
}

/** Lines of one run that are on their way: nobody else takes them until they are released. */
export interface Batch {
  readonly run: Run;
  /** Whole lines, line feeds included; valid until the batch is settled. */
  readonly lines: readonly Uint8Array[];
  readonly bytes: number;
  readonly samples: number;
  /** They are at the server: the spool lets go of them. */
  acknowledge(): void;
  /** They are not, and wait again. */
  release(): void;
  /** They stay where they are, and are left alone until pcc is started again. */
  park(): void;
  /** The same lines as two batches, which take its place. */
  halve(): readonly [Batch, Batch];
}

/** No lines: the header alone shows whether the server is there and takes the key. */
export function emptyBatch(run: Run): Batch {
  const batch: Batch = {
    run,
    lines: [],
    bytes: 0,
    samples: 0,
    acknowledge: () => {},
    release: () => {},
    park: () => {},
    halve: () => [batch, batch],
  };
  return batch;
}
