import type { contract } from '@perfcollector/api';
import { command, counted, formatTable, formatTime, when } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { machineArgument } from '../machine-argument.ts';

type Run = contract.RunCompleteness;
type Missing = Run['missing'][number];

/** How many holes of a run are told to a person; `--json` has more. */
const TOLD = 10;

/** Tells whether everything that an agent sampled arrived. What is missing is an answer, not a failure. */
export const completeness = command({
  args: [machineArgument],
  options: {
    ...serverOptions,
    from: when({
      flag: '--from <time>',
      about: 'Only runs with samples at or after this time: a form that export takes.',
    }),
    to: when({ flag: '--to <time>', about: 'Only runs with samples at or before this time.' }),
  },
  run: ({ from, to, ...options }, { io, args: [id = ''] }) =>
    withServer(options, io, (client) => client.completeness(id, { from, to })),
  print: (found, { from, to }) => {
    const { id, runs } = found;
    if (runs.length === 0 && (from ?? to) !== undefined) return `${id}: no run lies in this time\n`;
    const sentences = [...runs.map((run) => `run ${run.run}: ${sentenceOf(run)}`), verdictOf(found)];
    return `${runs.length > 0 ? `${tableOf(runs)}\n` : ''}${sentences.join('\n')}\n`;
  },
});

function tableOf(runs: readonly Run[]): string {
  return formatTable([
    ['RUN', 'AGENT', 'INTERVAL', 'SEQ', 'FIRST', 'LAST', 'EXPECTED', 'RECEIVED', 'MISSING', 'DUPLICATES'],
    ...runs.map(({ run, agent, interval, first, last, expected, received, missing_samples, duplicates }) => [
      run,
      agent ?? '?',
      interval === null ? '?' : `${interval} s`,
      first && last ? `${first.seq}–${last.seq}` : '-',
      formatTime(first?.timestamp),
      formatTime(last?.timestamp),
      expected,
      received,
      missing_samples,
      duplicates ?? '?',
    ]),
  ]);
}

function sentenceOf(run: Run): string {
  if (!run.last) return 'no sample of it is stored';
  if (run.missing_samples === 0)
    return `nothing is missing up to seq ${run.last.seq} (${formatTime(run.last.timestamp)})`;
  const told = run.missing.slice(0, TOLD).map(rangeText).join(', ');
  const untold = run.missing_ranges - Math.min(run.missing.length, TOLD);
  const more = untold > 0 ? `, and ${untold} more ranges` : '';
  return `missing ${counted(run.missing_samples, 'sample')}: ${told}${more}${agentText(run)}`;
}

/** `seq 41–52 (2026-01-09 18:17:38 to 2026-01-09 18:19:28)` */
function rangeText({ from, to, from_time, to_time }: Missing): string {
  const seqs = from === to ? `seq ${from}` : `seq ${from}–${to}`;
  if (from_time === null || to_time === null) return seqs;
  return from === to
    ? `${seqs} (${formatTime(from_time)})`
    : `${seqs} (${formatTime(from_time)} to ${formatTime(to_time)})`;
}

/** The agent's own count of what it did not take, or could not keep: holes that nothing lost on the way. */
function agentText({ missing_samples, missed_by_agent, dropped_by_agent }: Run): string {
  const parts = [
    ...(missed_by_agent ? [`missed ${counted(missed_by_agent, 'tick')}`] : []),
    ...(dropped_by_agent ? [`dropped ${counted(dropped_by_agent, 'sample')}`] : []),
  ];
  if (parts.length === 0) return '';
  const isAll = (missed_by_agent ?? 0) + (dropped_by_agent ?? 0) === missing_samples;
  return `; the agent says that it ${parts.join(' and ')} itself${isAll ? ', which is as many' : ''}`;
}

function verdictOf({ id, runs, total, unnumbered }: contract.Completeness): string {
  const { expected, missing_samples } = total;
  const bare = unnumbered.samples;
  const rest =
    bare > 0 ? `; ${counted(bare, 'sample')} without run and seq ${bare === 1 ? 'is' : 'are'} not judged` : '';
  if (expected === 0) return `${id}: no sample that has a run and seq, so what is missing cannot be told${rest}`;
  const all = `${counted(expected, 'sample')} of ${counted(runs.length, 'run')}`;
  return missing_samples === 0
    ? `${id}: nothing is missing of ${all}${rest}`
    : `${id}: ${missing_samples} of ${all} ${missing_samples === 1 ? 'is' : 'are'} missing${rest}`;
}
