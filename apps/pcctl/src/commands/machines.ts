import { contract } from '@perfcollector/api';
import { command, formatTable, formatTime, option } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { gapsOf } from '../gaps.ts';
import { hostRows } from '../host-rows.ts';
import { machineArgument } from '../machine-argument.ts';

export const list = command({
  options: {
    ...serverOptions,
    state: option({
      flag: '--state <list>',
      about: `Only those that are ${contract.MACHINE_STATES.join(', ')}; several separated by commas.`,
      parse: parseStates,
    }),
  },
  run: ({ state, ...options }, { io }) =>
    withServer(options, io, async (client) => {
      const { machines } = await client.machines();
      return state ? machines.filter((machine) => state.includes(machine.state)) : machines;
    }),
  print: (machines) =>
    formatTable([
      ['MACHINE', 'STATE', 'LAST SEEN', 'SAMPLES', 'RUNS', 'FIRST', 'LAST'],
      ...machines.map(({ id, state, seen, samples, runs, first, last }) => [
        id,
        state,
        formatTime(seen),
        samples,
        runs,
        formatTime(first),
        formatTime(last),
      ]),
    ]),
});

function parseStates(text: string): contract.MachineState[] {
  return text.split(',').map((word) => {
    const state = contract.MACHINE_STATES.find((known) => known === word.trim());
    if (!state) throw new Error(`${JSON.stringify(word)} is no state; expected ${contract.MACHINE_STATES.join(', ')}`);
    return state;
  });
}

/** What is known of a machine: its samples, its host, and whether anything is missing. */
export const show = command({
  args: [machineArgument],
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) =>
    withServer(options, io, async (client) => {
      const [machine, { total, runs, unnumbered }] = await Promise.all([client.machine(id), client.completeness(id)]);
      return { ...machine, completeness: { ...total, unnumbered: unnumbered.samples }, gaps: gapsOf(runs) };
    }),
  print: ({ id, state, seen, samples, runs, first, last, header, completeness, gaps }) =>
    formatTable([
      ['machine', id],
      ['state', state],
      ['last seen', formatTime(seen)],
      ['samples', String(samples)],
      ['runs', String(runs)],
      ['first', formatTime(first)],
      ['last', formatTime(last)],
      ['complete', completenessText(completeness)],
      ['gaps', gaps.length === 0 ? 'none' : `${gaps.length}, see: pcctl gaps ${id}`],
      ...(header ? [['agent', String(header.agent)] as const, ['interval', `${header.interval} s`] as const] : []),
      ...hostRows(header?.host),
    ]),
});

interface Counts {
  readonly expected: number;
  readonly received: number;
  readonly missing_samples: number;
}

function completenessText({ expected, received, missing_samples }: Counts): string {
  if (expected === 0) return 'cannot be told: no sample has a run and seq';
  if (missing_samples === 0) return `nothing is missing of ${expected} samples`;
  const percent = Math.floor((received / expected) * 10_000) / 100; // never 100 while something is missing
  return `${percent} %: ${missing_samples} of ${expected} samples are missing`;
}

export const remove = command({
  args: [machineArgument],
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) => withServer(options, io, (client) => client.deleteMachine(id)),
  print: ({ id, samples }) => `deleted ${id} and its ${samples} samples\n`,
});
