import { type Damage, noDamage } from '@perfcollector/collection';
import type { Input } from '../input/input.ts';
import { type BadLine, readWholeLines, type Watch } from '../input/whole-lines.ts';
import type { CollectionWriter } from '../output/collection-writer.ts';
import { LeftOut } from './left-out.ts';
import { rescue } from './rescue.ts';

/** What came of a repair. */
export interface Repaired {
  /** Whole lines, by kind. */
  readonly kept: { header: number; sample: number; event: number; raw: number };
  /** Of these, lines that something unreadable stood before. */
  rescued: number;
  readonly leftOut: LeftOut;
  /** Packed data that could not be unpacked. */
  packedBytes: number;
  readonly damage: Damage;
}

/** Copies every line that can be read, byte for byte and in its order. */
export async function repairCollection(
  input: Input,
  writer: CollectionWriter,
  watch: Pick<Watch, 'signal' | 'onBytes'>,
): Promise<Repaired> {
  const repaired: Repaired = {
    kept: { header: 0, sample: 0, event: 0, raw: 0 },
    rescued: 0,
    leftOut: new LeftOut(),
    packedBytes: 0,
    damage: noDamage(),
  };
  const { damage } = repaired;
  const onBad = (bad: BadLine) => rescued(bad, repaired);
  const onHole = (bytes: number) => {
    repaired.packedBytes += bytes;
  };
  for await (const { line, content } of readWholeLines(input.path, { ...watch, damage, onBad, onHole })) {
    repaired.kept[line.kind] += 1;
    const wait = writer.add(content);
    if (wait) await wait;
  }
  return repaired;
}

function rescued(bad: BadLine, repaired: Repaired) {
  const line = rescue(bad);
  const bytes = bad.bytes - (line?.content.length ?? 0);
  if (line) repaired.rescued += 1;
  repaired.leftOut.add({ ...bad, bytes, problem: () => problemOf(bad, line !== undefined) });
  return line;
}

function problemOf({ problem, isUnfinished }: BadLine, isRescued: boolean): string {
  if (isRescued) return `only what stands before the whole line in it; ${problem()}`;
  return isUnfinished ? `the file ends within it; ${problem()}` : problem();
}
