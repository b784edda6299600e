import { encodeLine } from '@perfcollector/collection';
import type { MachineRef, TimeRange } from '../store.ts';
import type { Engine, Span } from './engine.ts';
import { headersOf } from './headers.ts';
import { runLabel } from './labels.ts';
import { COLLECTED_METRIC, COUNTED_METRIC } from './layout.ts';
import { Piece } from './piece.ts';
import { boundedPieces } from './pieces.ts';
import { selector } from './selector.ts';
import { spanOf } from './span.ts';

/** A machine's lines in time order, each run's header before its first line, a piece of time after the other. */
export async function* collectionOf(engine: Engine, ref: MachineRef, range: TimeRange): AsyncGenerator<string> {
  const counted = selector(COUNTED_METRIC, { ...ref });
  const pieces = boundedPieces(engine, (time) => `sum(count_over_time(${counted}${time}))`, spanOf(range));
  const headed = new Set<string>();
  for await (const span of pieces) yield await linesOf(engine, ref, { span, headed });
}

interface Wanted {
  readonly span: Span;
  /** Runs whose header was given. */
  readonly headed: Set<string>;
}

async function linesOf(engine: Engine, ref: MachineRef, { span, headed }: Wanted): Promise<string> {
  const piece = new Piece();
  for await (const block of engine.export(selector(COLLECTED_METRIC, { ...ref }), span)) piece.add(block);
  let text = '';
  for (const { samples, events } of piece.moments()) {
    for (const line of [...samples, ...events]) {
      const { run } = line;
      if (run !== undefined && !headed.has(run)) {
        headed.add(run);
        const header = (await headersOf(engine, ref, runLabel(run))).get(run);
        if (header) text += encodeLine(header);
      }
      text += encodeLine(line);
    }
  }
  return text;
}
