import { duration, option, size, type Values } from '@perfcollector/cli';
import type { Limits } from './limits.ts';

/** The limits that a person may want to change. */
export const limitOptions = {
  rateLimit: option({
    flag: '--rate-limit <count>',
    env: 'PCD_RATE_LIMIT',
    fallback: '5000',
    about: 'Requests a second with one key; more are answered 429.',
    parse: parseCount,
  }),
  addressRateLimit: option({
    flag: '--address-rate-limit <count>',
    env: 'PCD_ADDRESS_RATE_LIMIT',
    fallback: '100',
    about: 'Requests a second of one address without a valid key.',
    parse: parseCount,
  }),
  maxConnections: option({
    flag: '--max-connections <count>',
    env: 'PCD_MAX_CONNECTIONS',
    fallback: '10000',
    about: 'Open connections; beyond them the one that has been idle for longest makes room.',
    parse: parseCount,
  }),
  maxAddressConnections: option({
    flag: '--max-address-connections <count>',
    env: 'PCD_MAX_ADDRESS_CONNECTIONS',
    fallback: '5000',
    about: 'Open connections of one address other than loopback.',
    parse: parseCount,
  }),
  maxWaiting: option({
    flag: '--max-waiting <count>',
    env: 'PCD_MAX_WAITING',
    fallback: '4096',
    about: 'Requests in work; more are answered 503. No key takes more than it leaves free.',
    parse: parseCount,
  }),
  maxWaitingSize: size({
    flag: '--max-waiting-size <size>',
    env: 'PCD_MAX_WAITING_SIZE',
    fallback: '128MiB',
    least: '64MiB',
    about: 'What the requests in work may hold, by the length of their bodies.',
  }),
  headersTimeout: duration({
    flag: '--headers-timeout <duration>',
    env: 'PCD_HEADERS_TIMEOUT',
    fallback: '20s',
    least: '10ms',
    about: 'How long the head of a request may take.',
  }),
  idleTimeout: duration({
    flag: '--idle-timeout <duration>',
    env: 'PCD_IDLE_TIMEOUT',
    fallback: '75s',
    least: '10ms',
    about: 'How long a connection is kept between two requests.',
  }),
  stallTimeout: duration({
    flag: '--stall-timeout <duration>',
    env: 'PCD_STALL_TIMEOUT',
    fallback: '30s',
    least: '10ms',
    about: 'Who sends or takes less than 1 KiB a second for so long is cut off.',
  }),
};

export function limitsOf(values: Values<typeof limitOptions>): Limits {
  return {
    keyRate: values.rateLimit,
    addressRate: values.addressRateLimit,
    connections: values.maxConnections,
    addressConnections: values.maxAddressConnections,
    waiting: values.maxWaiting,
    waitingBytes: values.maxWaitingSize,
    headersMs: values.headersTimeout,
    idleMs: values.idleTimeout,
    stallMs: values.stallTimeout,
  };
}

/** What they are when nobody says anything. */
export function defaultLimits(): Limits {
  const values = Object.entries(limitOptions).map(([name, { parse, fallback = '' }]) => [name, parse(fallback)]);
  return limitsOf(Object.fromEntries(values) as Values<typeof limitOptions>);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is no count; expected a whole number above 0`);
}
