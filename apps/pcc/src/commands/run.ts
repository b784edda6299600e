import { command, createLog, explain, type Io, type Log, UsageError, type Values } from '@perfcollector/cli';
import type { Header } from '@perfcollector/collection';
import { headerFor } from '../agent/header.ts';
import { tickClock } from '../agent/schedule.ts';
import { hostAt } from '../host.ts';
import { StartError } from '../run/child.ts';
import { commandLine } from '../run/command-line.ts';
import { framedTicks } from '../run/framed-ticks.ts';
import { labelOption } from '../run/labels.ts';
import { RunningCommand } from '../run/running-command.ts';
import { chosenSources, settingsOf } from '../sampling.ts';
import { placeOf, runSession } from '../session.ts';
import type { Sink } from '../sink.ts';
import { collectOptions, openSink } from './collect.ts';

/** It lasts as long as the command; raw lines have no header for its label; and nobody comes to look at it meanwhile. */
const { duration: _duration, format: _format, listen: _listen, ...shared } = collectOptions;
const FIXED = { duration: Number.POSITIVE_INFINITY, format: 'sample', listen: undefined } as const;
const options = { ...shared, label: labelOption };

interface Result {
  /** The command's own; where it was not started, what a shell gives. */
  readonly exitCode: number;
  readonly problems: readonly string[];
}

/** Samples while a command runs: right before, at the interval, and right after. */
export const run = command({
  args: [
    {
      name: '<command>',
      about: 'What to run. Its whole command line becomes the label "command" of the run: it may hold secrets.',
    },
    { name: '[args...]', about: 'Its arguments. Flags behind the command are its own.' },
  ],
  takesCommandLine: true,
  options,
  async run(options, { io, args }): Promise<Result> {
    if (options.frequency === Number.POSITIVE_INFINITY)
      throw new UsageError('the interval cannot be infinite', 'Set PCC_FREQUENCY, such as 10s.');
    const log = createLog('pcc', options.logLevel, io.stderr);
    const labels = { ...options.label, command: commandLine(args) };
    const host = hostAt(options.root);
    const settings = settingsOf(options);
    const header = headerFor({ ...options, host, settings, labels, log });
    const sink = await openSink({ ...options, ...FIXED }, header, log);
    tellFailure(sink, log);
    const running = new RunningCommand(args, io);
    const samples = new Edges();
    const session = { ...options, ...FIXED, sources: chosenSources(options), place: placeOf(options) };
    try {
      const ticks = framedTicks({
        interval: options.frequency,
        clock: tickClock(),
        signal: AbortSignal.any([running.over, sink.failed]),
        start: () => running.start(),
      });
      await runSession({ ...session, host, settings, header, sink, log, ticks, listeners: [samples.onSample] });
    } catch (error) {
      await running.ended;
      if (!(error instanceof StartError)) throw error;
      return { exitCode: error.exitCode, problems: [explain(error)] };
    }
    return finish({ options, io, log, header, sink, samples, running });
  },
  problems: ({ problems }) => problems,
  exitCode: ({ exitCode }) => exitCode,
});

/** The first and the last sample of a run. */
class Edges {
  #first: Uint8Array | undefined;
  #last: Uint8Array | undefined;

  readonly onSample = (lines: Uint8Array): void => {
    this.#last = Buffer.from(lines);
    this.#first ??= this.#last;
  };

  get both(): { first: Uint8Array; last: Uint8Array } | undefined {
    return this.#first && this.#last && { first: this.#first, last: this.#last };
  }
}

/** The command goes on, whatever becomes of its samples. */
function tellFailure({ failed }: Sink, log: Log): void {
  const tell = () => log.error(`${explain(failed.reason)}\n  The command goes on, and is not sampled any more.`);
  if (failed.aborted) tell();
  else failed.addEventListener('abort', tell);
}

interface Finished {
  readonly options: Values<typeof options>;
  readonly io: Io;
  readonly log: Log;
  readonly header: Header;
  readonly sink: Sink;
  readonly samples: Edges;
  readonly running: RunningCommand;
}

async function finish({ options, io, log, header, sink, samples, running }: Finished): Promise<Result> {
  const ended = await running.ended;
  if (!ended) throw new Error('BUG: a command that was not started ended');
  const outcome = await sink.close();
  if (outcome.isComplete) log.info(outcome.summary);
  if (options.logLevel === 'info' || options.logLevel === 'debug') {
    const { usageText } = await import('../run/usage.ts');
    const edges = sink.failed.aborted ? undefined : samples.both;
    io.stderr.write(usageText({ command: header.labels.command ?? '', ended, header, samples: edges }));
  }
  return { exitCode: ended.exitCode, problems: outcome.isComplete ? [] : [outcome.summary] };
}
