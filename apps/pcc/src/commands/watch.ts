import { command, createLog, duration, type Io, option, UsageError, type Values } from '@perfcollector/cli';
import { isTerminal, openScreen, runSession, type Screen } from '@perfcollector/cli/screen';
import { readHostFacts } from '@perfcollector/procfs';
import { hostAt } from '../host.ts';
import type { Derived } from '../live/derived.ts';
import { chosenSources, samplingOptions, settingsOf } from '../sampling.ts';
import { type Controls, keyHelp, press } from '../watch/controls.ts';
import { Notes } from '../watch/notes.ts';
import { sampling } from '../watch/sampling.ts';
import { view } from '../watch/view.ts';

const options = {
  frequency: duration({
    flag: '--frequency <duration>',
    fallback: '2s',
    least: '100ms',
    about: 'Time between two frames.',
  }),
  count: option({
    flag: '--count <frames>',
    about:
      'End after so many frames. Where it is not given: never on a terminal, after one where output goes elsewhere.',
    parse: parseCount,
  }),
  ...samplingOptions,
  top: { ...samplingOptions.top, fallback: '10' },
};

/** Shows a host as it goes, on a terminal or as plain text. */
export const watch = command({
  options,
  async run(options, { io }): Promise<void> {
    if (options.frequency === Number.POSITIVE_INFINITY)
      throw new UsageError('the time between two frames cannot be infinite', 'Set --frequency, such as 2s.');
    const notes = new Notes();
    try {
      await show(options, io, notes);
    } finally {
      const log = createLog('pcc', 'warn', io.stderr);
      for (const note of notes.all) log.warn(note);
    }
  },
});

async function show(options: Values<typeof watch.options>, io: Io, notes: Notes): Promise<void> {
  const host = hostAt(options.root);
  const facts = readHostFacts(host);
  const isForPeople = isTerminal(io.stdout);
  const log = isForPeople ? notes.log : createLog('pcc', 'warn', io.stderr);
  const { take, close } = sampling({
    host,
    facts,
    sources: chosenSources(options),
    settings: settingsOf(options),
    log,
  });
  const draw = (screen: Screen, derived: Derived, controls: Controls) => {
    const status = screen.isLive ? [statusOf(screen, controls), ...notes.all.slice(-1)].join('  ') : '';
    return screen.show(view({ host: facts, derived, ...controls, status }, screen.size));
  };
  try {
    await runSession({
      controls: { interval: options.frequency, sort: 'cpu', isPaused: false, isOver: false },
      press,
      hasLead: true,
      count: options.count ?? (isForPeople ? Number.POSITIVE_INFINITY : 1),
      signal: io.signal,
      open: (listener) => openScreen(io, listener),
      take,
      draw,
    });
  } finally {
    close();
  }
}

function statusOf(screen: Screen, controls: Controls): string {
  return screen.hasKeys ? keyHelp(controls) : 'Ctrl-C ends';
}

/** @throws Error where it is no number of frames */
function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is no number of frames; expected 1 or more`);
}
