import { formatDuration } from '@perfcollector/cli';
import { type Pace, press as pressPace } from '@perfcollector/cli/screen';

/** What the fleet is sorted by, and the key that says so. */
const SORTS = { cpu: 'c', mem: 'm', disk: 'd', net: 'n', name: 'a', state: 's', last: 'l' } as const;
export type Sort = keyof typeof SORTS;
export const SORT_NAMES = Object.keys(SORTS) as Sort[];

/** What the keys change. */
export interface Controls extends Pace {
  readonly sort: Sort;
}

/** The controls after a key; the same where the key says nothing. */
export function press(controls: Controls, key: string): Controls {
  const sort = SORT_NAMES.find((name) => SORTS[name] === key);
  return sort === undefined ? pressPace(controls, key) : { ...controls, sort };
}

/** One line that says what the keys do. */
export function keyHelp({ interval, isPaused, sort }: Controls): string {
  const sorts = SORT_NAMES.map((name) => `${SORTS[name]} ${name === sort ? `[${name}]` : name}`);
  const pause = isPaused ? 'PAUSED, space goes on' : 'space pauses';
  return `q ends  ${pause}  +/- interval ${formatDuration(interval)}  sort by ${sorts.join(' ')}`;
}
