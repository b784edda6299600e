import { command, formatDuration, formatTable, formatTime, when } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { type Gap, gapsOf } from '../gaps.ts';
import { machineArgument } from '../machine-argument.ts';

/** When a machine has no samples. That there are such times is an answer, not a failure. */
export const gaps = command({
  args: [machineArgument],
  options: {
    ...serverOptions,
    from: when({ flag: '--from <time>', about: 'Only gaps that end at or after this time: a form that export takes.' }),
    to: when({ flag: '--to <time>', about: 'Only gaps that begin at or before this time.' }),
  },
  run: ({ from, to, ...options }, { io, args: [id = ''] }) =>
    withServer(options, io, async (client) => {
      // Of all times: a gap at the edge of a time lies between a run in it and one that is not.
      const { runs, unnumbered } = await client.completeness(id);
      const isWanted = (gap: Gap) => gap.to >= (from ?? 0) && gap.from <= (to ?? Number.POSITIVE_INFINITY);
      const untold = runs.reduce((sum, { missing, missing_ranges }) => sum + missing_ranges - missing.length, 0);
      return { id, gaps: gapsOf(runs).filter(isWanted), untold, unnumbered: unnumbered.samples };
    }),
  print: ({ id, gaps, untold, unnumbered }) => {
    const notes = [
      ...(untold > 0 ? [`${untold} more gaps are known to the server and not listed`] : []),
      ...(unnumbered > 0 ? [`${unnumbered} samples without run and seq are not looked at`] : []),
    ].map((note) => `${note}\n`);
    return `${gaps.length === 0 ? `${id}: no gaps\n` : tableOf(gaps)}${notes.join('')}`;
  },
});

function tableOf(gaps: readonly Gap[]): string {
  return formatTable([
    ['LAST BEFORE', 'FIRST AFTER', 'LENGTH', 'SAMPLES', 'WHERE'],
    ...gaps.map(({ from, to, where, samples }) => [
      formatTime(from),
      formatTime(to),
      formatDuration(Math.round(to - from) * 1000),
      samples,
      where,
    ]),
  ]);
}
