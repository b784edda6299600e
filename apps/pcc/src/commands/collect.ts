import {
  choice,
  command,
  createLog,
  duration,
  formatDuration,
  type Io,
  LOG_LEVELS,
  type Log,
  option,
  text,
  UsageError,
  type Values,
} from '@perfcollector/cli';
import type { Header } from '@perfcollector/collection';
import type { HostReader, SamplingSettings } from '@perfcollector/procfs';
import { headerFor, MACHINE_ID } from '../agent/header.ts';
import { tickClock, ticks } from '../agent/schedule.ts';
import { controlOption } from '../control/control-path.ts';
import { fsyncOption } from '../durability.ts';
import { parseListenAddress } from '../exposition/address.ts';
import type { ExposedHost } from '../exposition/names.ts';
import type { Exposition } from '../exposition/server.ts';
import { hostAt } from '../host.ts';
import type { LiveView } from '../live/live-view.ts';
import { openView } from '../live/open-view.ts';
import { LocalSink } from '../local-sink.ts';
import { rotateOption } from '../rotation.ts';
import { chosenSources, samplingOptions, settingsOf } from '../sampling.ts';
import { openService } from '../service.ts';
import { placeOf, runSession } from '../session.ts';
import type { Outcome, Sink } from '../sink.ts';
import { openTrickleSink, trickleOptions } from '../trickle-options.ts';

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
    about: 'The file, appended to; .gz and .zst are written compressed. Trickle mode writes none.',
  }),
  fsync: fsyncOption,
  rotate: rotateOption,
  ...trickleOptions,
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
  listen: option({
    flag: '--listen <address>',
    env: 'PCC_LISTEN',
    about: 'Serve the last sample for Prometheus on this address, such as 127.0.0.1:9100, under /metrics.',
    parse: parseListenAddress,
  }),
  control: controlOption,
  ...samplingOptions,
};

/** Samples until the duration is over or the process is told to stop. */
export const collect = command({
  options: collectOptions,
  async run(options, { io }): Promise<Outcome> {
    checkOptions(options);
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
  // Before the sink: where the port is taken, nothing is begun in the file or the spool.
  const exposition = await openExposition(options, header, log);
  try {
    const sink = await openSink(options, header, log);
    const outcome = await sample({ options, host, settings, header, sink, exposition, io, view, log });
    return conclude({ outcome, sink, io, view, log });
  } finally {
    await exposition?.close();
  }
}

function conclude({ outcome, sink, io, view, log }: Pick<Run, 'sink' | 'io' | 'view' | 'log'> & { outcome: Outcome }) {
  const summary = view?.end();
  if (sink.failed.aborted) {
    if (!outcome.isComplete) log.error(outcome.summary);
    throw sink.failed.reason;
  }
  if (outcome.isComplete) log.info(outcome.summary);
  if (summary !== undefined) io.stderr.write(summary);
  return outcome;
}

/** @throws UsageError where the options do not go together */
export function checkOptions(options: Values<typeof collectOptions>): void {
  checkPace(options);
  checkFormat(options);
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
function checkFormat({ format, mode, frequency, listen }: Values<typeof collectOptions>): void {
  if (format !== 'raw') return;
  if (listen) throw new UsageError('raw lines are no samples to be served', 'Use --listen with --format sample.');
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
  readonly exposition: Exposition | undefined;
  readonly io: Io;
  readonly view: LiveView | undefined;
  readonly log: Log;
}

async function sample({ options, host, settings, header, sink, exposition, io, view, log }: Run): Promise<Outcome> {
  const signal = AbortSignal.any([io.signal, sink.failed]);
  const schedule = { interval: options.frequency, duration: options.duration, signal, clock: tickClock() };
  const sources = chosenSources(options);
  const place = placeOf(options);
  view?.begin({ header, sink, duration: options.duration });
  const service = openService({ io, log, place });
  const listeners = [view?.onSample, exposition?.onSample, service.onSample].filter(
    (listener) => listener !== undefined,
  );
  const session = { ...options, sources, host, settings, header, sink, place, log, ticks: ticks(schedule), listeners };
  await runSession({ ...session, onBegin: service.begin });
  const outcome = await sink.close();
  await service.close();
  return outcome;
}

/** Loaded where it is asked for: an HTTP server takes a fifth of the agent's memory. */
async function openExposition({ listen }: Values<typeof collectOptions>, { host }: Header, log: Log) {
  if (listen === undefined) return undefined;
  const { Exposition } = await import('../exposition/server.ts');
  return Exposition.open(listen, exposedHost(host), log);
}

function exposedHost({ clock_ticks, page_size, hostname, kernel, arch }: Header['host']): ExposedHost {
  const uname = { sysname: 'Linux', nodename: hostname, release: kernel, machine: arch };
  return { clockTicks: clock_ticks, pageSize: page_size, uname };
}

/** @throws UserError where the place cannot be used */
export async function openSink(options: Values<typeof collectOptions>, header: Header, log: Log): Promise<Sink> {
  const { collection: path, format, fsync: durability, rotate: rotation } = options;
  if (options.mode === 'local')
    return new LocalSink({ path, header: format === 'raw' ? undefined : header, durability, rotation, log });
  return openTrickleSink(options, header, log);
}
