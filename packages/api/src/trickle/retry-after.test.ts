import { expect, test } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-01-09T12:00:00Z');

test.each([
  ['7', 7],
  ['0', 0],
  ['86400', 3600],
  ['Fri, 09 Jan 2026 12:02:00 GMT', 120],
  ['Fri, 09 Jan 2026 11:00:00 GMT', 0],
  ['Sat, 10 Jan 2026 12:00:00 GMT', 3600],
  ['soon', undefined],
  [undefined, undefined],
])('%j asks for %s seconds', (header, seconds) => {
  expect(parseRetryAfter(header, NOW)).toBe(seconds);
});
