import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseSchedstat } from './parse.ts';

function fields(prefix: string, [running, waiting, timeslices]: readonly (number | string)[]): Fields {
  return Object.fromEntries([
    [`${prefix}_running_ns`, running],
    [`${prefix}_waiting_ns`, waiting],
    [`${prefix}_timeslices`, timeslices],
  ] as [string, number | string][]);
}

const HEADING = (version: number) => `version ${version}\ntimestamp 4297299139\n`;

describe('/proc/schedstat is read', () => {
  test.each([
    [15, 'domain0 3 0 0 0 0 0 0 0 0 0'],
    [16, 'domain0 3 0 0 0 0 0 0'],
    [17, 'domain0 MC 3 0 0 0 0 0 0'],
  ])('of version %i', (version, domain) => {
    const text = `${HEADING(version)}cpu0 1 0 3 4 5 6 70 80 9\n${domain}\ncpu1 1 0 3 4 5 6 700 800 90\n${domain}\n`;
    expect(parseSchedstat(text)).toStrictEqual({
      ...fields('schedstat0', [70, 80, 9]),
      ...fields('schedstat1', [700, 800, 90]),
      ...fields('schedstat', [770, 880, 99]),
    });
  });

  test('of version 14, which has three columns more before', () => {
    const text = `${HEADING(14)}cpu0 1 2 3 4 5 6 7 8 9 70 80 9\n`;
    expect(parseSchedstat(text)).toStrictEqual({
      ...fields('schedstat0', [70, 80, 9]),
      ...fields('schedstat', [70, 80, 9]),
    });
  });

  test('with sums above 2^53 exact, although no CPU is', () => {
    const text = `${HEADING(15)}cpu0 0 0 0 0 0 0 9007199254740991 1 1\ncpu7 0 0 0 0 0 0 2 1 1\n`;
    expect(parseSchedstat(text)).toStrictEqual({
      ...fields('schedstat0', [9007199254740991, 1, 1]),
      ...fields('schedstat7', [2, 1, 1]),
      ...fields('schedstat', ['9007199254740993', 2, 2]),
    });
  });

  test.each<[string, string, Fields]>([
    ['as nothing when no CPU is in it', HEADING(15), {}],
    [
      'with newer columns passed over',
      `${HEADING(15)}cpu0 0 0 0 0 0 0 1 2 3 4 5\n`,
      { ...fields('schedstat0', [1, 2, 3]), ...fields('schedstat', [1, 2, 3]) },
    ],
    ['with newer lines passed over', `${HEADING(15)}cache0 x\n`, {}],
  ])('%s', (_, text, want) => {
    expect(parseSchedstat(text)).toStrictEqual(want);
  });
});

describe('/proc/schedstat is refused', () => {
  test.each([
    ['when empty', '', /^cannot parse \/proc\/schedstat: got ""; expected "version <number>" first/],
    ['when it does not begin with its version', 'cpu0 1 2 3 4 5 6 7 8 9\n', /expected "version/],
    [
      'when a column is missing',
      `${HEADING(15)}cpu0 0 0 0 0 0 0 1 2\n`,
      /line 3: got "cpu0 .*; expected "cpu<number>" and 9 counts/,
    ],
    ['when cut off within a line', `${HEADING(15)}cpu0 0 0 0 0`, /line 3/],
    ['when a count is no number', `${HEADING(15)}cpu0 0 0 0 0 0 0 1 x 3\n`, /line 3/],
    ['when a count is negative', `${HEADING(15)}cpu0 0 0 0 0 0 0 1 -2 3\n`, /line 3/],
  ])('%s', (_, text, message) => {
    expect(() => parseSchedstat(text)).toThrow(ParseError);
    expect(() => parseSchedstat(text)).toThrow(message);
  });
});
