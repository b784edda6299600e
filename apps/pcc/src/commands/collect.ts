import {
  choice,
  command,
  createLog,
  duration,
  formatDuration,
  type Io,
  LOG_LEVELS,
  type Log,
  secret,
  serverAddress,
  text,
  UsageError,
  type Values,
} from '@perfcollector/cli';
import type { Header } from '@perfcollector/collection';
import type { HostReader, SamplingSettings } from '@perfcollector/procfs';
import { headerFor, MACHINE_ID } from '../agent/header.ts';
import { systemClock, ticks } from '../agent/schedule.ts';
import { controlOption } from '../control/control-path.ts';
import { hostAt } from '../host.ts';
import type { LiveView } from '../live/live-view.ts';
import { openView } from '../live/open-view.ts';
import { openLocalSink } from '../local-sink.ts';
import { chosenSources, samplingOptions, settingsOf } from '../sampling.ts';
import { placeOf, runSession } from '../session.ts';
import type { Outcome, Sink } from '../sink.ts';

/** The options of collect; other commands that collect have most of them. */
export const collectOptions = {
  mode: choice({
    flag: '--mode <mode>',
    env: 'PCC_MODE',
    fallback: 'local',
    choices: ['local', 'trickle'],
    about: 'local: into a collection file; trickle: to a pcd.',
  }),
  frequency: duration({
    flag: '--frequency <duration>',
    env: 'PCC_FREQUENCY',
    fallback: '10s',
    least: '10ms',
    about: 'Time between two samples; they are taken at whole multiples of it.',
  }),
  duration: duration({
    flag: '--duration <duration>',
    env: 'PCC_DURATION',
    fallback: '24h',
    least: '1ms',
    about: 'How long to sample.',
  }),
  collection: text({
    flag: '--collection <file>',
    env: 'PCC_COLLECTION',
    fallback: '/tmp/pcc.json',
    about:
      'The file, appended to; .gz and .zst are written compressed. In trickle mode it takes what could not be sent.',
  }),
  server: serverAddress({
    flag: '--server <url>',
    env: 'PCC_SERVER',
    about: 'The pcd to send to, such as http://127.0.0.1:8080.',
  }),
  apiKey: secret({ flag: '--apikey-file <path>', env: 'PCC_APIKEY', about: 'The key to send with.' }),
  identifier: text({
    flag: '--identifier <name>',
    env: 'PCC_IDENTIFIER',
    fallback: MACHINE_ID,
    about: 'What this machine is called; a path means the first line of that file.',
  }),
  logLevel: choice({
    flag: '--log-level <level>',
    env: 'PCC_LOGLEVEL',
    fallback: 'info',
    choices: LOG_LEVELS,
    about: 'How much to say on standard error.',
  }),
  format: choice({
    flag: '--format <format>',
    env: 'PCC_FORMAT',
    fallback: 'sample',
    choices: ['sample', 'raw'],
    about: "sample: a line of fields a tick; raw: the kernel files' texts as perfcollector2 records and reads them.",
  }),
  control: controlOption,
  ...samplingOptions,
};

/** Samples until the duration is over or the process is told to stop. */
export const collect = command({
  options: collectOptions,
  async run(options, { io }): Promise<Outcome> {
    checkPace(options);
    checkFormat(options);
    const view = await openView(options.logLevel, io);
    try {
      return await record(options, io, view);
    } finally {
      view?.close();
    }
  },
  problems: ({ isComplete, summary }) => (isComplete ? [] : [summary]),
});

async function record(options: Values<typeof collectOptions>, io: Io, view: LiveView | undefined): Promise<Outcome> {
  const log = createLog('pcc', options.logLevel, view ?? io.stderr);
  const host = hostAt(options.root);
  const settings = settingsOf(options);
  const header = headerFor({ ...options, host, settings, log });
  const sink = await openSink(options, header, log);
  const outcome = await sample({ options, host, settings, header, sink, io, view, log });
  const summary = view?.end();
  if (sink.failed.aborted) {
    if (!outcome.isComplete) log.error(outcome.summary);
    throw sink.failed.reason;
  }
  if (outcome.isComplete) log.info(outcome.summary);
  if (summary !== undefined) io.stderr.write(summary);
  return outcome;
}

/** @throws UsageError where not even one sample would be taken */
function checkPace({ frequency, duration }: Values<typeof collectOptions>): void {
  if (frequency === Number.POSITIVE_INFINITY)
    throw new UsageError('the interval cannot be infinite', 'Set PCC_FREQUENCY, such as 10s.');
  if (duration >= frequency) return;
  const [shorter, longer] = [formatDuration(duration), formatDuration(frequency)];
  throw new UsageError(
    `the duration (${shorter}) is shorter than the interval (${longer}): no sample would fall into it`,
    'Set PCC_DURATION and PCC_FREQUENCY to fit.',
  );
}

/** @throws UsageError where perfcollector2's format cannot hold what is asked for */
function checkFormat({ format, mode, frequency }: Values<typeof collectOptions>): void {
  if (format !== 'raw') return;
  if (mode !== 'local')
    throw new UsageError('raw lines are written to a file, not sent', 'Use --mode local, or --format sample.');
  if (frequency >= 1000 && frequency % 1000 === 0) return;
  throw new UsageError(
    `an interval of ${formatDuration(frequency)} is too fine for raw lines, whose timestamps are whole seconds`,
    'Set PCC_FREQUENCY to whole seconds, or use --format sample.',
  );
}

interface Run {
  readonly options: Values<typeof collectOptions>;
  readonly host: HostReader;
  readonly settings: SamplingSettings;
  readonly header: Header;
  readonly sink: Sink;
  readonly io: Io;
  readonly view: LiveView | undefined;
  readonly log: Log;
}

async function sample({ options, host, settings, header, sink, io, view, log }: Run): Promise<Outcome> {
  const signal = AbortSignal.any([io.signal, sink.failed]);
  const schedule = { interval: options.frequency, duration: options.duration, signal, clock: systemClock };
  const sources = chosenSources(options);
  const place = placeOf(options);
  view?.begin({ header, sink, duration: options.duration });
  const session = { ...options, sources, host, settings, header, sink, place, log, ticks: ticks(schedule) };
  await runSession({ ...session, onSample: view?.onSample });
  return sink.close();
}

/** @throws UserError where the place cannot be used */
export async function openSink(options: Values<typeof collectOptions>, header: Header, log: Log): Promise<Sink> {
  if (options.mode === 'local')
    return openLocalSink(options.collection, options.format === 'raw' ? undefined : header, log);
  const { server, apiKey } = options;
  if (server === undefined)
    throw new UsageError('trickle mode needs a server', 'Set PCC_SERVER, such as http://127.0.0.1:8080.');
  if (apiKey === undefined)
    throw new UsageError('trickle mode needs an API key', 'Set PCC_APIKEY, or name a file with --apikey-file.');
  // Loaded only where it is used: local mode does without an HTTP client.
  const [{ Client }, { TrickleSink }] = await Promise.all([import('@perfcollector/api'), import('../trickle-sink.ts')]);
  return new TrickleSink({ client: new Client({ server, apiKey }), header, path: options.collection, log });
}
