import { formatDuration } from '@perfcollector/cli';

/** What the keys change. */
export interface Controls {
  /** Milliseconds between samples. */
  readonly interval: number;
  readonly sort: 'cpu' | 'memory';
  readonly isPaused: boolean;
  readonly isOver: boolean;
}

/** The intervals that + and - go through, milliseconds. */
const INTERVALS = [250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
const CTRL_C = '\u0003';

/** The controls after a key; the same where the key says nothing. */
export function press(controls: Controls, key: string): Controls {
  const { interval, isPaused } = controls;
  if (key === 'q' || key === CTRL_C) return { ...controls, isOver: true };
  if (key === ' ') return { ...controls, isPaused: !isPaused };
  if (key === 'p') return { ...controls, sort: 'cpu' };
  if (key === 'm') return { ...controls, sort: 'memory' };
  if (key === '+') return { ...controls, interval: INTERVALS.find((one) => one > interval) ?? interval };
  if (key === '-') return { ...controls, interval: INTERVALS.findLast((one) => one < interval) ?? interval };
  return controls;
}

/** One line that says what the keys do. */
export function keyHelp({ isPaused, interval, sort }: Controls): string {
  const [cpu, memory] = sort === 'cpu' ? ['[CPU]', 'memory'] : ['CPU', '[memory]'];
  const pause = isPaused ? 'PAUSED, space goes on' : 'space pauses';
  return `q ends  ${pause}  +/- interval ${formatDuration(interval)}  processes by p ${cpu} m ${memory}`;
}
