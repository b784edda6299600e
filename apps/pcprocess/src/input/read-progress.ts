import { codeOf, explain, type Io, systemError } from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { type Damage, noDamage } from '@perfcollector/collection';
import { type Input, sizeOf } from './input.ts';
import type { Watch } from './whole-lines.ts';

/** Work that is over before needs no progress. */
const PATIENCE_MS = 1000;

/** Watches inputs being read, one after another or several at once. */
export interface ReadProgress {
  /** Watches one input; beside others where `isOneOfMany`: then the progress is that of all of them. */
  watch(input: Input, damage?: Damage): Watch;
  /** So many bytes more of an input have been read. */
  onBytes(bytes: number): void;
  close(): void;
}

export function readProgress(io: Io, inputs: readonly Input[]): ReadProgress {
  const progress = openProgress(io, PATIENCE_MS);
  const [first] = inputs;
  progress.begin(inputs.length === 1 && first ? first.name : `${inputs.length} files`, sizeOf(inputs));
  return {
    watch: (_, damage = noDamage()) => ({ damage, signal: io.signal, onBytes: (more) => progress.add(more) }),
    onBytes: (more) => progress.add(more),
    close: () => progress.close(),
  };
}

/** Reads an input; where it cannot be opened, that is told in its damage, and the others are read. */
export async function readOrTell({ name }: Input, damage: Damage, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    const isInputs = codeOf(error) !== undefined && (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!isInputs) throw error;
    damage.broken = explain(systemError(`read ${name}`, error));
  }
}
