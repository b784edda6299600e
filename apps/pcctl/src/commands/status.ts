import type { contract } from '@perfcollector/api';
import { command, counted, formatBytes, formatDuration, formatTable, formatTime } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

type Server = NonNullable<contract.Status['server']>;

/** What the server keeps, how fast that grows, and how its machines stand. */
export const status = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.status()),
  print: ({ version, started, uptime, tenant, machines, states, samples, first, last, store, server }) =>
    formatTable([
      ['version', version],
      ['started', `${formatTime(started)} UTC, ${formatDuration(Math.round(uptime) * 1000)} ago`],
      ['tenant', tenant],
      ['machines', `${machines} (${states.live} live, ${states.late} late, ${states.gone} gone)`],
      ['samples', String(samples)],
      ['oldest', formatTime(first)],
      ['newest', formatTime(last)],
      ['store', store.bytes === null ? store.kind : `${store.kind}, ${formatBytes(store.bytes)}`],
      ...(server ? serverRows(server) : []),
    ]),
});

/** What only those see who run the server: of all tenants together. */
function serverRows(server: Server): [string, string][] {
  const { samples_per_second: samples, values_per_second: values, disk, rows, chunks } = server;
  const left = disk.days_left === null ? '' : `, ${daysText(disk.days_left)} at the rate since the start`;
  return [
    ['all tenants', `${counted(server.machines, 'machine')}, ${counted(server.samples, 'sample')}`],
    ['receiving', `${samples.toFixed(1)} samples, ${values.toFixed(0)} values a second`],
    ...(rows === null || chunks === null
      ? []
      : [
          [
            'sealed',
            `${counted(chunks, 'chunk')}; ${counted(rows, 'sample')} ${rows === 1 ? 'waits' : 'wait'}`,
          ] satisfies [string, string],
        ]),
    ['disk', `${formatBytes(disk.free)} free${left}`],
  ];
}

function daysText(days: number): string {
  if (days >= 3650) return 'more than ten years';
  return days >= 10 ? `${Math.floor(days)} days` : `${days.toFixed(1)} days`;
}
