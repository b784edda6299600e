/** How a screen goes on; every screen's keys change it alike. */
export interface Pace {
  /** Milliseconds between frames. */
  readonly interval: number;
  readonly isPaused: boolean;
  readonly isOver: boolean;
}

/** The intervals that + and - go through, milliseconds. */
const INTERVALS = [250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
const CTRL_C = '\u0003';

/** What a key changes; the same where the key says nothing. */
export function press<C extends Pace>(controls: C, key: string): C {
  const { interval, isPaused } = controls;
  if (key === 'q' || key === CTRL_C) return { ...controls, isOver: true };
  if (key === ' ') return { ...controls, isPaused: !isPaused };
  if (key === '+') return { ...controls, interval: INTERVALS.find((one) => one > interval) ?? interval };
  if (key === '-') return { ...controls, interval: INTERVALS.findLast((one) => one < interval) ?? interval };
  return controls;
}
