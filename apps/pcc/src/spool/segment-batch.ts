import type { Batch } from './batch.ts';
import { isSample, linesIn } from './line.ts';
import type { Segment } from './segment.ts';

/** What a batch tells its spool. */
export interface Settled {
  acknowledged(segment: Segment, samples: number): void;
  released(segment: Segment, samples: number): void;
}

interface PlacedLine {
  readonly line: Uint8Array;
  readonly start: number;
  readonly end: number;
}

interface Setup {
  readonly segment: Segment;
  readonly spool: Settled;
}

/** Lines of a segment that lie one behind the other; their samples count as taken from here on. */
export function batchOf(setup: Setup, bytes: Uint8Array, start: number): Batch {
  const lines = Array.from(linesIn(bytes), (at) => ({
    line: at.line,
    start: start + at.start,
    end: start + at.end,
  }));
  setup.segment.take(countSamples(lines));
  return placed(setup, lines);
}

function placed(setup: Setup, lines: readonly PlacedLine[]): Batch {
  const { segment, spool } = setup;
  const start = lines.at(0)?.start ?? 0;
  const end = lines.at(-1)?.end ?? start;
  const samples = countSamples(lines);
  return {
    run: segment.run,
    lines: lines.map(({ line }) => line),
    bytes: end - start,
    samples,
    acknowledge() {
      segment.acknowledge(start, end, samples);
      spool.acknowledged(segment, samples);
    },
    release() {
      segment.giveBack(start, end, samples);
      spool.released(segment, samples);
    },
    park: () => {},
    halve() {
      const middle = Math.floor(lines.length / 2);
      return [placed(setup, lines.slice(0, middle)), placed(setup, lines.slice(middle))];
    },
  };
}

function countSamples(lines: readonly PlacedLine[]): number {
  return lines.filter(({ line }) => isSample(line)).length;
}
