import { command, formatTable, formatTime } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

const machineId = [{ name: '<machine>', about: 'Its identifier, as `pcctl machines list` shows it.' }];

export const list = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, async (client) => (await client.machines()).machines),
  print: (machines) =>
    formatTable([
      ['MACHINE', 'SAMPLES', 'RUNS', 'FIRST', 'LAST'],
      ...machines.map(({ id, samples, runs, first, last }) => [id, samples, runs, formatTime(first), formatTime(last)]),
    ]),
});

export const show = command({
  args: machineId,
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) => withServer(options, io, (client) => client.machine(id)),
  print: ({ id, samples, runs, first, last, header }) => {
    const host = Object.entries((header?.host ?? {}) as Record<string, unknown>);
    return formatTable([
      ['machine', id],
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
