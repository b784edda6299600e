import { formatBytes } from '@perfcollector/cli';
import { type Damage, damageSentences } from '@perfcollector/collection';
import type { BadLine } from '../input/whole-lines.ts';

/** Lines that follow one another and that could not be read. */
export interface BadStretch {
  readonly from_line: number;
  /** Included. */
  to_line: number;
  bytes: number;
  /** What is wrong with the first of them. */
  readonly problem: string;
}

/** How many stretches are told one by one. */
const MOST = 1000;

/** Takes note of the lines that a repair leaves out. */
export class LeftOut {
  lines = 0;
  bytes = 0;
  readonly stretches: BadStretch[] = [];
  more_stretches = 0;
  #last: BadStretch | undefined;

  add({ number, bytes, problem }: Pick<BadLine, 'number' | 'bytes' | 'problem'>): void {
    this.lines += 1;
    this.bytes += bytes;
    if (this.#last?.to_line === number - 1) {
      this.#last.to_line = number;
      this.#last.bytes += bytes;
      return;
    }
    this.#last = { from_line: number, to_line: number, bytes, problem: problem() };
    if (this.stretches.length < MOST) this.stretches.push(this.#last);
    else this.more_stretches += 1;
  }
}

/** Everything that a repair left out, as sentences. */
export function leftOutSentences(leftOut: LeftOut, damage: Damage): string[] {
  const sentences = leftOut.stretches.map(stretchSentence);
  if (leftOut.more_stretches > 0) sentences.push(`${leftOut.more_stretches} more of such stretches were left out`);
  // Lines are told above; what no source reads is kept, for a newer reader may know it.
  const rest = { ...damage, badLines: 0, examples: [], tornBytes: 0, unknownSubsystems: new Map<string, number>() };
  return [...sentences, ...damageSentences(rest)];
}

function stretchSentence({ from_line: from, to_line: to, bytes, problem }: BadStretch): string {
  const where = from === to ? `line ${from} was` : `lines ${from} to ${to} were`;
  return `${where} left out, ${formatBytes(bytes)}: ${problem}`;
}
