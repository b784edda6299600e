import type { Client } from '@perfcollector/api';
import { choice, command, duration, type Io, option, UsageError } from '@perfcollector/cli';
import { isTerminal, openScreen, runSession, type Screen } from '@perfcollector/cli/screen';
import { serverOptions, withServer } from '../connect.ts';
import { type Controls, keyHelp, press, SORT_NAMES } from '../top/controls.ts';
import { Fleet, type Member } from '../top/fleet.ts';
import { sorted, view } from '../top/view.ts';

/** The fleet as it goes, on a terminal or as plain text. */
export const top = command({
  options: {
    ...serverOptions,
    sort: choice({
      flag: '--sort <column>',
      fallback: 'cpu',
      choices: SORT_NAMES,
      about: `What comes first: ${SORT_NAMES.join(', ')}.`,
    }),
    frequency: duration({
      flag: '--frequency <duration>',
      fallback: '2s',
      least: '250ms',
      about: 'Time between two frames.',
    }),
    count: option({
      flag: '--count <frames>',
      about:
        'End after so many frames. Where it is not given: never on a terminal, after one where output goes elsewhere.',
      parse: parseCount,
    }),
  },
  run({ sort, frequency, count, ...options }, { io, isJson }): Promise<Member[]> {
    if (frequency === Number.POSITIVE_INFINITY)
      throw new UsageError('the time between two frames cannot be infinite', 'Set --frequency, such as 2s.');
    return withServer(options, io, async (client) => {
      if (isJson) return sorted(await new Fleet(client).read(), sort);
      const frames = count ?? (isTerminal(io.stdout) ? Number.POSITIVE_INFINITY : 1);
      return show({ client, io, frames, controls: { sort, interval: frequency, isPaused: false, isOver: false } });
    });
  },
  print: () => '', // the frames are printed as they come
});

interface Showing {
  readonly client: Client;
  readonly io: Io;
  readonly frames: number;
  readonly controls: Controls;
}

/** @returns what the last frame showed */
async function show({ client, io, frames, controls }: Showing): Promise<Member[]> {
  const fleet = new Fleet(client);
  let last: Member[] = [];
  await runSession({
    controls,
    press,
    count: frames,
    hasLead: false,
    signal: io.signal,
    open: (listener) => openScreen(io, listener),
    take: async () => {
      last = await fleet.read();
      return last;
    },
    draw: (screen: Screen, members, { sort, ...pace }) => {
      const status = screen.isLive ? statusOf(screen, { sort, ...pace }) : '';
      return screen.show(view({ server: client.server, members, sort, status }, screen.size));
    },
  });
  return last;
}

function statusOf(screen: Screen, controls: Controls): string {
  return screen.hasKeys ? keyHelp(controls) : 'Ctrl-C ends';
}

/** @throws Error where it is no number of frames */
function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is no number of frames; expected 1 or more`);
}
