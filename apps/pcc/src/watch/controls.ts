import { formatDuration } from '@perfcollector/cli';
import { type Pace, press as pressPace } from '@perfcollector/cli/screen';

/** What the keys change. */
export interface Controls extends Pace {
  readonly sort: 'cpu' | 'memory';
}

/** The controls after a key; the same where the key says nothing. */
export function press(controls: Controls, key: string): Controls {
  if (key === 'p') return { ...controls, sort: 'cpu' };
  if (key === 'm') return { ...controls, sort: 'memory' };
  return pressPace(controls, key);
}

/** One line that says what the keys do. */
export function keyHelp({ isPaused, interval, sort }: Controls): string {
  const [cpu, memory] = sort === 'cpu' ? ['[CPU]', 'memory'] : ['CPU', '[memory]'];
  const pause = isPaused ? 'PAUSED, space goes on' : 'space pauses';
  return `q ends  ${pause}  +/- interval ${formatDuration(interval)}  processes by p ${cpu} m ${memory}`;
}
