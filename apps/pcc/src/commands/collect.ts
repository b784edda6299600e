import { randomUUID } from 'node:crypto';
import {
  choice,
  command,
  createLog,
  duration,
  formatDuration,
  type Io,
  LOG_LEVELS,
  type Log,
  text,
  UsageError,
  UserError,
  type Values,
} from '@perfcollector/cli';
import { encodeLine, type Header, identifierProblem } from '@perfcollector/collection';
import { type HostReader, readHostFacts, readMachineId } from '@perfcollector/procfs';
import manifest from '../../package.json' with { type: 'json' };
import { fsyncOption } from '../durability.ts';
import { hostAt, rootOption } from '../host.ts';
import { openLocalSink } from '../local-sink.ts';
import { openSampler } from '../sampler.ts';
import { systemClock, ticks } from '../schedule.ts';
import type { Outcome, Sink } from '../sink.ts';
import { openTrickleSink, trickleOptions } from '../trickle-options.ts';

const options = {
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
  ...trickleOptions,
  identifier: text({
    flag: '--identifier <name>',
    env: 'PCC_IDENTIFIER',
    fallback: '/etc/machine-id',
    about: 'What this machine is called; a path means the first line of that file.',
  }),
  logLevel: choice({
    flag: '--log-level <level>',
    env: 'PCC_LOGLEVEL',
    fallback: 'info',
    choices: LOG_LEVELS,
    about: 'How much to say on standard error.',
  }),
  root: rootOption,
};

/** Samples until the duration is over or the process is told to stop. */
export const collect = command({
  options,
  async run(options, { io }): Promise<Outcome> {
    checkPace(options);
    const log = createLog('pcc', options.logLevel, io.stderr);
    const host = hostAt(options.root);
    const header = headerFor(options, host, log);
    const sink = await openSink(options, header, log);
    const outcome = await sample({ options, host, header, sink, io, log });
    if (sink.failed.aborted) {
      if (!outcome.isComplete) log.error(outcome.summary);
      throw sink.failed.reason;
    }
    if (outcome.isComplete) log.info(outcome.summary);
    return outcome;
  },
  problems: ({ isComplete, summary }) => (isComplete ? [] : [summary]),
});

/** @throws UsageError where not even one sample would be taken */
function checkPace({ frequency, duration }: Values<typeof options>): void {
  if (frequency === Number.POSITIVE_INFINITY)
    throw new UsageError('the interval cannot be infinite', 'Set PCC_FREQUENCY, such as 10s.');
  if (duration >= frequency) return;
  const [shorter, longer] = [formatDuration(duration), formatDuration(frequency)];
  throw new UsageError(
    `the duration (${shorter}) is shorter than the interval (${longer}): no sample would fall into it`,
    'Set PCC_DURATION and PCC_FREQUENCY to fit.',
  );
}

interface Run {
  readonly options: Values<typeof options>;
  readonly host: HostReader;
  readonly header: Header;
  readonly sink: Sink;
  readonly io: Io;
  readonly log: Log;
}

async function sample({ options, host, header, sink, io, log }: Run): Promise<Outcome> {
  const sampler = openSampler(host, log);
  const signal = AbortSignal.any([io.signal, sink.failed]);
  const schedule = { interval: options.frequency, duration: options.duration, signal, clock: systemClock };
  const tags = { machine_id: header.identifier };
  let [taken, last] = [0, 0];
  try {
    for await (const seq of ticks(schedule)) {
      const timestamp = Date.now() / 1000;
      const line = encodeLine({ timestamp, run: header.run, seq, tags, fields: await sampler.sample() });
      sink.add(Buffer.from(line), 'sample');
      taken += 1;
      last = seq;
    }
  } catch (error) {
    await sink.close(); // what was sampled before is kept, whatever went wrong
    throw error;
  }
  if (last > taken) log.warn(`${last - taken} ticks were missed: this machine was too busy, or asleep`);
  return sink.close();
}

function headerFor({ identifier, frequency }: Values<typeof options>, host: HostReader, log: Log): Header {
  return {
    collection: 1,
    run: randomUUID(),
    identifier: identify(identifier, host, log),
    started: Date.now() / 1000,
    interval: frequency / 1000,
    host: readHostFacts(host),
    agent: `pcc ${manifest.version}`,
    labels: {},
  };
}

/**
 * The identifier as wanted, from its file, or, where a machine was made without /etc/machine-id (containers), its
 * host name.
 * @throws UserError where the machine has no name of its own
 */
function identify(wanted: string, host: HostReader, log: Log): string {
  if (!wanted.startsWith('/')) return checkIdentifier(wanted);
  const id = readMachineId(host, wanted);
  if (id !== undefined) return checkIdentifier(id);
  const { hostname } = readHostFacts(host);
  if (wanted === options.identifier.fallback && hostname !== undefined) {
    log.warn(`${wanted} is missing or empty: this machine is called by its host name, ${hostname}`);
    return checkIdentifier(hostname);
  }
  throw new UserError('NO_IDENTIFIER', `cannot tell what this machine is called: ${wanted} is missing or empty`, {
    hint: 'Name it with --identifier or PCC_IDENTIFIER.',
  });
}

function checkIdentifier(identifier: string): string {
  const problem = identifierProblem(identifier);
  if (problem) throw new UsageError(problem, 'Set --identifier or PCC_IDENTIFIER.');
  return identifier;
}

async function openSink(options: Values<typeof collect.options>, header: Header, log: Log): Promise<Sink> {
  if (options.mode === 'local') return openLocalSink(options.collection, header, log);
  return openTrickleSink(options, header, log);
}
