import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseBuddyinfo } from './parse.ts';

/** Orders counted 1, 2, 3 … */
function orders(device: string, count: number): Fields {
  return Object.fromEntries(Array.from({ length: count }, (_, order) => [`buddy_${device}_order${order}`, order + 1]));
}

const COUNTS = (count: number) => Array.from({ length: count }, (_, order) => `${order + 1}`.padStart(6)).join(' ');

describe('/proc/buddyinfo is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', ' \n\n', {}],
    [
      'zone by zone',
      `Node 0, zone      DMA ${COUNTS(11)} \nNode 12, zone   Normal ${COUNTS(11)} \n`,
      { ...orders('0_DMA', 11), ...orders('12_Normal', 11) },
    ],
    ['of a kernel with more orders', `Node 0, zone   Normal ${COUNTS(14)} \n`, orders('0_Normal', 14)],
    ['with orders passed over that no kernel has', `Node 0, zone   Normal ${COUNTS(20)} \n`, orders('0_Normal', 17)],
    ['without a line feed at its end', `Node 0, zone DMA32 ${COUNTS(2)}`, orders('0_DMA32', 2)],
  ])('%s', (_, text, want) => {
    expect(parseBuddyinfo(text)).toStrictEqual(want);
  });
});

describe('/proc/buddyinfo is refused', () => {
  test.each([
    [
      'when a zone has no counts',
      'Node 0, zone   Normal \n',
      /buddyinfo, line 1: got "Node 0, zone {3}Normal "; expected "Node/,
    ],
    ['when a count is no number', 'Node 0, zone DMA 1 x\n', /line 1/],
    ['when a count is negative', 'Node 0, zone DMA 1 -2\n', /line 1/],
    ['when a line is cut off', `Node 0, zone DMA 1\nNode 0, zo`, /line 2/],
    ['when it is another file', 'MemTotal: 1 kB\n', /line 1/],
  ])('%s', (_, text, message) => {
    expect(() => parseBuddyinfo(text)).toThrow(ParseError);
    expect(() => parseBuddyinfo(text)).toThrow(message);
  });
});
