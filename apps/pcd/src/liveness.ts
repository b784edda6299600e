import type { contract } from '@perfcollector/api';
import type { MachineSummary } from '@perfcollector/storage';

/** Of a machine that does not say its own: perfcollector2's agents do not. Theirs is ten seconds unless they are told otherwise. */
const DEFAULT_INTERVAL = 60;

/**
 * Whether a machine still sends. Its silence is the time since something of it came last, by the server's own clock, so
 * a wrong clock of the machine does not matter; samples that come late from a spool are a sign of life too.
 *
 * - `live`: silent for at most two of its intervals and 5 s, for one sample may be on its way
 * - `late`: for at most ten intervals and 60 s: a restart, a short outage
 * - `gone`: for longer; or nothing came since the store keeps when
 *
 * @param now Unix seconds, by the clock that `seen` is by
 */
export function stateOf(
  { seen, interval }: Pick<MachineSummary, 'seen' | 'interval'>,
  now: number,
): contract.MachineState {
  if (seen === null) return 'gone';
  const silence = now - seen;
  const own = interval ?? DEFAULT_INTERVAL;
  if (silence <= 2 * own + 5) return 'live';
  return silence <= 10 * own + 60 ? 'late' : 'gone';
}

/** @param now Unix seconds */
export function countStates(machines: readonly MachineSummary[], now: number): Record<contract.MachineState, number> {
  const states = { live: 0, late: 0, gone: 0 };
  for (const machine of machines) states[stateOf(machine, now)] += 1;
  return states;
}
