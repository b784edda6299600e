import { type Damage, noDamage } from '@perfcollector/collection';
import type { Input } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import { type HeaderLine, isSelected, readPlacedLines } from '../input/placed-lines.ts';
import { type ReadProgress, readOrTell } from '../input/read-progress.ts';

/** What the first reading of an input has found of what is wanted. */
export interface SurveyedLines {
  readonly input: Input;
  readonly damage: Damage;
  /** Earliest time; infinite where there is no line with one. */
  first: number;
  isOrdered: boolean;
  hasRaw: boolean;
  /** It has lines that perfcollector2 does not know. */
  hasOurs: boolean;
  readonly machines: Set<string>;
  /** The last one of each run. */
  readonly headers: Map<string, HeaderLine>;
}

interface Setup {
  readonly selection: Selection;
  readonly progress: ReadProgress;
}

/** Reads an input once: when it begins, and what must be done to merge it. */
export async function surveyLines(input: Input, { selection, progress }: Setup): Promise<SurveyedLines> {
  const damage = noDamage();
  const machines = new Set<string>();
  const headers = new Map<string, HeaderLine>();
  const order = { first: Number.POSITIVE_INFINITY, isOrdered: true };
  const survey = { input, damage, ...order, hasRaw: false, hasOurs: false, machines, headers };
  let last = Number.NEGATIVE_INFINITY;
  await readOrTell(input, damage, async () => {
    for await (const line of readPlacedLines(input, progress.watch(input, damage))) {
      if (!isSelected(line, selection)) continue;
      machines.add(line.machine);
      if (line.line.kind === 'raw') survey.hasRaw = true;
      else survey.hasOurs = true;
      if (line.line.kind === 'header') {
        if (line.header) headers.set(line.line.value.run, line.header);
        continue;
      }
      survey.first = Math.min(survey.first, line.time);
      survey.isOrdered &&= line.time >= last;
      last = line.time;
    }
  });
  return survey;
}

/** perfcollector2 reads what is raw and nothing else; and raw lines do not say which machine they are of. */
export function canStayRaw(surveys: readonly SurveyedLines[]): boolean {
  const machines = new Set(surveys.flatMap(({ machines }) => [...machines]));
  return surveys.some(({ hasRaw }) => hasRaw) && surveys.every(({ hasOurs }) => !hasOurs) && machines.size === 1;
}
