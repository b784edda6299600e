import type { Engine, Expression, Span } from './engine.ts';
import { METRIC, SAMPLE_METRIC } from './layout.ts';
import { selector } from './selector.ts';

/** Whose machines: all of a tenant, one, or, for who runs the server, all there are. */
export interface Whose {
  readonly tenant?: string;
  readonly machine?: string;
}

/** What the marks of a machine's samples say of a time. Times are Unix seconds, null where there is nothing. */
export interface Marks {
  readonly samples: number;
  readonly first: number | null;
  readonly last: number | null;
  /** When something of it came last. */
  readonly seen: number | null;
}

const NOTHING: Marks = { samples: 0, first: null, last: null, seen: null };

/** By tenant and machine: a key for maps. */
export type MachineKey = string;

export function machineKey({ tenant = '', machine = '' }: Readonly<Record<string, string>>): MachineKey {
  return `${tenant} ${machine}`;
}

/** The engine goes through every mark of the span for this: some ten million samples a second. */
export async function marksOf(engine: Engine, whose: Whose, span: Span): Promise<Map<MachineKey, Marks>> {
  const [samples, received] = [SAMPLE_METRIC, METRIC.received].map((name) => selector(name, { ...whose }));
  const found = new Map<MachineKey, Marks>();
  const ask = async (member: keyof Marks, expression: Expression) => {
    for (const { metric, value } of await engine.query(expression, span)) {
      const key = machineKey(metric);
      found.set(key, { ...(found.get(key) ?? NOTHING), [member]: value });
    }
  };
  await Promise.all([
    // What came twice stands beside itself, with the same mark. To count different marks takes fifty times as long.
    ask('samples', (time) => `sum(changes(${samples}${time})) by (tenant, machine)`),
    ask('first', (time) => `min(tfirst_over_time(${samples}${time})) by (tenant, machine)`),
    ask('last', (time) => `max(tlast_over_time(${samples}${time})) by (tenant, machine)`),
    ask('seen', (time) => `max(tlast_over_time(${received}${time})) by (tenant, machine)`),
  ]);
  return found;
}

/** Of two times of which the first is the earlier. */
export function joinMarks(before: Marks = NOTHING, after: Marks = NOTHING): Marks {
  return {
    samples: before.samples + after.samples,
    first: before.first ?? after.first,
    last: after.last ?? before.last,
    seen: after.seen ?? before.seen,
  };
}
