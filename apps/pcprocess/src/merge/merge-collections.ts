import { noDamage } from '@perfcollector/collection';
import type { Selection } from '../input/options.ts';
import {
  explicitContent,
  type HeaderLine,
  isSelected,
  type PlacedLine,
  readPlacedLines,
} from '../input/placed-lines.ts';
import { RawSamples } from '../input/raw-samples.ts';
import type { ReadProgress } from '../input/read-progress.ts';
import { inOrder } from './in-order.ts';
import type { SurveyedLines } from './merge-survey.ts';
import { type MergeLine, sortLines } from './sort-lines.ts';

export interface MergeSetup {
  readonly selection: Selection;
  readonly progress: ReadProgress;
  /** Raw lines stay what they are; else they become samples. */
  readonly isRaw: boolean;
  /** For what is to be sorted and does not go into memory. */
  readonly directory: string;
  /** Told of raw lines that no sample can hold. */
  readonly onLeftOut: (lines: number) => void;
}

/** The lines of all inputs in the order of their time. */
export function mergedLines(surveys: readonly SurveyedLines[], setup: MergeSetup): AsyncGenerator<MergeLine> {
  // A file may hold lines of a run whose header stands in another, and come before it.
  const headers = new Map(surveys.flatMap((survey) => [...survey.headers]));
  const linesOf = (survey: SurveyedLines) => inputLines(survey, setup, headers);
  const streams = surveys
    .filter(({ machines }) => machines.size > 0)
    .map((survey) => ({
      first: Number.isFinite(survey.first) ? survey.first : Number.NEGATIVE_INFINITY,
      open: () => (survey.isOrdered ? linesOf(survey) : sortLines(linesOf(survey), setup.directory)),
    }));
  return inOrder(streams);
}

async function* inputLines(
  survey: SurveyedLines,
  setup: MergeSetup,
  headers: ReadonlyMap<string, HeaderLine>,
): AsyncGenerator<MergeLine> {
  const raw = new RawSamples();
  // A header goes with what stands above it: when its run started says nothing about its place.
  let last = Number.isFinite(survey.first) ? survey.first : Number.NEGATIVE_INFINITY;
  for await (const line of readPlacedLines(survey.input, setup.progress.watch(survey.input, noDamage()), headers)) {
    if (!isSelected(line, setup.selection)) continue;
    const isHeld = line.line.kind === 'raw' && !setup.isRaw;
    const before = isHeld ? raw.add(line) : raw.take();
    if (before) yield before;
    if (line.line.kind !== 'header') last = line.time;
    if (!isHeld) yield mergeLine(line, last);
  }
  const before = raw.take();
  if (before) yield before;
  setup.onLeftOut(raw.leftOut);
}

function mergeLine(line: PlacedLine, time: number): MergeLine {
  const { machine, header } = line;
  return { kind: line.line.kind, time, machine, header, content: explicitContent(line) };
}
