import { contract } from '@perfcollector/api';
import { command, formatTable, formatTime, option } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

const machineId = [{ name: '<machine>', about: 'Its identifier, as `pcctl machines list` shows it.' }];

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

export const show = command({
  args: machineId,
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) => withServer(options, io, (client) => client.machine(id)),
  print: ({ id, state, seen, samples, runs, first, last, header }) => {
    const host = Object.entries((header?.host ?? {}) as Record<string, unknown>);
    return formatTable([
      ['machine', id],
      ['state', state],
      ['last seen', formatTime(seen)],
      ['samples', String(samples)],
      ['runs', String(runs)],
      ['first', formatTime(first)],
      ['last', formatTime(last)],
      ...(header ? [['agent', String(header.agent)] as const, ['interval', `${header.interval} s`] as const] : []),
      ...host.map(([name, value]) => [name, String(value)] as const),
    ]);
  },
});

export const remove = command({
  args: machineId,
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) => withServer(options, io, (client) => client.deleteMachine(id)),
  print: ({ id, samples }) => `deleted ${id} and its ${samples} samples\n`,
});
