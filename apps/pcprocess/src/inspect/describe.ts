import { counted, formatBytes, formatTable, formatTime } from '@perfcollector/cli';
import { clean, cut } from '@perfcollector/cli/screen';
import type { Inspected } from './inspect-input.ts';
import type { InspectedMachine } from './machine-tally.ts';
import type { InspectedRun } from './run-tally.ts';

type Cells = readonly (string | number)[];

/** So many rows of each table; JSON has them all. */
const MOST_ROWS = 40;
/** Longest name that a table shows whole. */
const LONGEST = 40;
const NONE = '-';

/** What is told of one input, for people. */
export function describeInput(inspected: Inspected): string {
  const { machines, runs, sources, events, damage } = inspected;
  const parts = [
    heading(inspected),
    ...table(
      'run',
      [
        'run',
        'machine',
        'agent',
        'host',
        'kernel',
        'interval',
        'first sample',
        'last sample',
        'samples',
        'missing',
        'by agent',
      ],
      runs.map(runCells),
    ),
    ...table(
      'machine',
      [
        'machine',
        'samples',
        'first',
        'last',
        'every',
        'gaps',
        'longest',
        'twice',
        'disordered',
        'clock steps',
        'sleeps',
        'boots',
      ],
      machines.map(machineCells),
    ),
    ...table(
      'source',
      ['source', 'fields', 'devices', 'samples'],
      sources.map(({ source, ...counts }) => [source ?? 'unknown', counts.fields, counts.devices, counts.samples]),
    ),
    ...table(
      'event',
      ['event', 'what'],
      events.map(({ timestamp, event }) => [formatTime(timestamp), cut(event, 80)]),
    ),
    ...(damage.sentences.length > 0
      ? [`damage\n${damage.sentences.map((sentence) => `  ${clean(sentence)}\n`).join('')}`]
      : []),
  ];
  return parts.join('\n');
}

function heading({
  input,
  bytes,
  packing,
  unpacked_bytes: unpacked,
  kind,
  samples,
  machines,
  runs,
  lines,
  first,
  last,
}: Inspected): string {
  const ratio = bytes > 0 ? `, ${(unpacked / bytes).toFixed(1)} to 1` : '';
  const packed = packing === 'none' ? 'not packed' : `${packing} of ${formatBytes(unpacked)}${ratio}`;
  const what =
    kind === 'raw'
      ? 'raw lines of perfcollector2'
      : kind === 'mixed'
        ? 'a collection with raw lines'
        : kind === 'empty'
          ? 'no line of a collection'
          : 'a collection';
  const counts = [
    counted(samples, 'sample'),
    counted(machines.length, 'machine'),
    counted(runs.length, 'run'),
    counted(lines.event, 'event'),
  ];
  const span = first === null ? '' : `, ${formatTime(first)} to ${formatTime(last)} UTC`;
  return `${clean(input)}: ${formatBytes(bytes)}, ${packed}; ${what}\n${counts.join(', ')}${span}\n`;
}

/** Indented, with a note on the rows that are left out; nothing where there is no row. */
function table(what: string, headings: Cells, rows: readonly Cells[]): string[] {
  if (rows.length === 0) return [];
  const text = formatTable([headings, ...rows.slice(0, MOST_ROWS)]).replaceAll(/^(?=.)/gm, '  ');
  const more = rows.length > MOST_ROWS ? `  and ${counted(rows.length - MOST_ROWS, `more ${what}`)}: see --json\n` : '';
  return [text + more];
}

function runCells(run: InspectedRun): Cells {
  const byAgent = [run.missed_by_agent, run.dropped_by_agent].map((count) => count ?? NONE).join('/');
  return [
    clean(run.run.slice(0, 8)),
    cut(run.machine, LONGEST),
    cut(run.agent ?? NONE, LONGEST),
    cut(run.hostname ?? NONE, LONGEST),
    cut(run.kernel ?? NONE, LONGEST),
    run.interval === null ? NONE : `${run.interval} s`,
    run.first_time === null ? NONE : formatTime(run.first_time),
    run.last_time === null ? NONE : formatTime(run.last_time),
    run.samples,
    run.received > 0 ? run.missing_samples : NONE,
    byAgent === `${NONE}/${NONE}` ? NONE : byAgent,
  ];
}

function machineCells(machine: InspectedMachine): Cells {
  const { interval, longest_gaps: longest } = machine;
  return [
    cut(machine.machine, LONGEST),
    machine.samples,
    formatTime(machine.first),
    formatTime(machine.last),
    interval === null ? NONE : `${interval} s`,
    machine.gaps,
    longest[0] ? `${longest[0].seconds} s` : NONE,
    machine.duplicates,
    machine.out_of_order,
    machine.clock_steps,
    machine.suspends,
    machine.resets,
  ];
}
