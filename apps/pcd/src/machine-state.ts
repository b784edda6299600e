import type { MachineSummary } from '@perfcollector/storage';

export type MachineState = 'live' | 'late' | 'gone';

/** What a machine is taken to send at where its header did not arrive, in seconds. */
const USUAL_INTERVAL = 10;

/** Whether a machine sends as it should: nothing for three of its intervals is late, for thirty (an hour at least) gone. */
export function stateOf({ seen, last, interval }: MachineSummary, now: number): MachineState {
  const silence = now - (seen ?? last ?? 0);
  const usual = interval ?? USUAL_INTERVAL;
  if (silence <= Math.max(3 * usual, 30)) return 'live';
  return silence <= Math.max(30 * usual, 3600) ? 'late' : 'gone';
}
