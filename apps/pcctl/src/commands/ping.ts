import type { Client } from '@perfcollector/api';
import { command, option } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

/** One way there and back. */
interface Trip {
  readonly ms: number;
  /** The server's clock against the middle of the way: more than 0 where it is ahead of ours. */
  readonly offset_ms: number;
}

/** Reaches the server without a key, and compares the clocks as NTP does: the quickest trip tells the difference best. */
export const ping = command({
  options: {
    ...serverOptions,
    count: option({
      flag: '-n, --count <pings>',
      fallback: '1',
      about: 'How many times to ask; the first one also makes the connection.',
      parse: parseCount,
    }),
  },
  run: ({ count, ...options }, { io }) =>
    withServer(options, io, async (client) => {
      const trips: Trip[] = [];
      while (trips.length < count) trips.push(await tripTo(client));
      return { server: client.server, ...summaryOf(trips) };
    }),
  print: ({ server, pings, round_trip_ms: { min, mean, max }, clock_offset_ms: offset }) => {
    const time = pings === 1 ? `${min} ms` : `min ${min}, mean ${mean}, max ${max} ms (${pings} times)`;
    return `${server} answers in ${time}; its clock is ${Math.abs(offset)} ms ${offset < 0 ? 'behind' : 'ahead of'} ours\n`;
  },
});

/** @param trips one at least */
export function summaryOf(trips: readonly Trip[]) {
  const quickest = trips.reduce((best, trip) => (trip.ms < best.ms ? trip : best));
  const times = trips.map(({ ms }) => ms);
  return {
    pings: trips.length,
    round_trip_ms: {
      min: rounded(quickest.ms),
      mean: rounded(times.reduce((sum, ms) => sum + ms) / trips.length),
      max: rounded(Math.max(...times)),
    },
    clock_offset_ms: rounded(quickest.offset_ms),
  };
}

async function tripTo(client: Client): Promise<Trip> {
  const began = performance.now();
  const sent = performance.timeOrigin + began;
  // A whole number would be answered in whole seconds, for perfcollector2's clients.
  const { timestamp } = await client.ping(Math.floor(sent) / 1000 + 0.0001);
  const ms = performance.now() - began;
  return { ms, offset_ms: timestamp * 1000 - (sent + ms / 2) };
}

/** To a tenth of a millisecond: clocks are read no better. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is no number of pings; expected 1 to 99999`);
}
