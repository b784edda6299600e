import { command } from '@perfcollector/cli';
import { askStatus } from '../control/ask.ts';
import { answeredControl, controlOption } from '../control/control-path.ts';
import type { Status } from '../control/control-server.ts';

/** A tick may be late on a busy machine, and a slow source may cost one; beyond this it takes no samples. */
const PATIENCE = { intervals: 3, seconds: 10 };

/** Asks the pcc that is running how it does: for supervisors that can start a program and nothing else. */
export const status = command({
  options: { control: controlOption },
  async run(options): Promise<Status> {
    return askStatus(await answeredControl(options.control));
  },
  print({ run, identifier, taken, missed, waiting, age }) {
    const last = taken === 0 ? 'no sample yet' : `the last sample ${age.toFixed(1)} s ago`;
    return `run ${run} of ${identifier}: ${last}; ${taken} taken, ${missed} missed, ${waiting} waiting\n`;
  },
  problems: (found) => (isStuck(found) ? [`no sample was taken for ${found.age.toFixed(1)} s`] : []),
});

/** Whether it has not sampled for longer than its interval explains. */
export function isStuck({ interval, age }: Pick<Status, 'interval' | 'age'>): boolean {
  return age > PATIENCE.intervals * interval + PATIENCE.seconds;
}
