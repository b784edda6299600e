import { command, formatBytes, formatTable, formatTime } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

/** Reaches the server without a key. */
export const ping = command({
  options: serverOptions,
  run: (options, { io }) =>
    withServer(options, io, async (client) => {
      const sent = Date.now();
      // A whole number would be answered in whole seconds, for perfcollector2's clients.
      const { timestamp } = await client.ping(sent / 1000 + 0.0001);
      const received = Date.now();
      // The server's clock against the middle of the way there and back.
      const offset = timestamp * 1000 - (sent + received) / 2;
      return { server: client.server, round_trip_ms: received - sent, clock_offset_ms: Math.round(offset) };
    }),
  print: ({ server, round_trip_ms, clock_offset_ms }) =>
    `${server} answers in ${round_trip_ms} ms; its clock is ${Math.abs(clock_offset_ms)} ms ${clock_offset_ms < 0 ? 'behind' : 'ahead of'} ours\n`,
});

export const version = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.version()),
  print: ({ name, version: number, api }) => `${name} ${number}, API ${api}\n`,
});

export const status = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.status()),
  print: ({ version: number, started, tenant, machines, samples, first, last, store }) =>
    formatTable([
      ['version', number],
      ['started', `${formatTime(started)} UTC`],
      ['tenant', tenant],
      ['machines', String(machines)],
      ['samples', String(samples)],
      ['oldest', `${formatTime(first)}`],
      ['newest', `${formatTime(last)}`],
      ['store', store.bytes === null ? store.kind : `${store.kind}, ${formatBytes(store.bytes)}`],
    ]),
});
