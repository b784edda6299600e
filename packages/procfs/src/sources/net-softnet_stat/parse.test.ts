import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseSoftnet } from './parse.ts';

/** A line of so many columns: those given, 0 for the others. */
function line(width: number, columns: Record<number, number>): string {
  const values = Array.from({ length: width }, (_, column) => columns[column] ?? 0);
  return `${values.map((value) => value.toString(16).padStart(8, '0')).join(' ')}\n`;
}

const COLUMNS = { 0: 10, 1: 1, 2: 2, 9: 9, 10: 3, 11: 4 };

function fields(prefix: string, width: number, times = 1): Fields {
  const named: [number, string, number][] = [
    [1, 'processed', 10],
    [2, 'dropped', 1],
    [3, 'time_squeeze', 2],
    [10, 'received_rps', 9],
    [11, 'flow_limit', 3],
    [12, 'backlog_len', 4],
  ];
  const known = named.filter(([least]) => width >= least);
  return Object.fromEntries(known.map(([, stat, value]) => [`${prefix}_${stat}`, value * times]));
}

describe('/proc/net/softnet_stat is read', () => {
  test.each([9, 10, 11])('with %i columns, as sums alone: the lines do not say which CPU they are', (width) => {
    const text = line(width, COLUMNS) + line(width, COLUMNS);
    expect(parseSoftnet(text)).toStrictEqual(fields('softnet', width, 2));
  });

  test.each([13, 15, 17])('with %i columns, CPU by CPU as the line says', (width) => {
    const text = line(width, { ...COLUMNS, 12: 0 }) + line(width, { ...COLUMNS, 12: 31 });
    expect(parseSoftnet(text)).toStrictEqual({
      ...fields('softnet0', width),
      ...fields('softnet31', width),
      ...fields('softnet', width, 2),
    });
  });

  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', ' \n\n', {}],
    ['without a line feed at its end', line(11, COLUMNS).trimEnd(), fields('softnet', 11)],
    ['with blanks at line ends', `${line(11, COLUMNS).trimEnd()}  \n`, fields('softnet', 11)],
  ])('%s', (_, text, want) => {
    expect(parseSoftnet(text)).toStrictEqual(want);
  });

  test('with all 32 bits, and a sum that wraps as they do', () => {
    const text = line(13, { 0: 2 ** 32 - 1, 12: 0 }) + line(13, { 0: 3, 12: 1 });
    expect(parseSoftnet(text)).toMatchObject({
      softnet0_processed: 2 ** 32 - 1,
      softnet1_processed: 3,
      softnet_processed: 2,
    });
  });
});

describe('/proc/net/softnet_stat is refused', () => {
  test.each([
    [
      'when a line has fewer columns than any kernel prints',
      line(11, {}) + line(8, {}),
      /softnet_stat, line 2: got "0{8} /,
    ],
    [
      'when a count is no hexadecimal number',
      line(11, {}).replace('00000000', '0000000g'),
      /line 1: .* expected 9 to 15/,
    ],
    ['when a count has more than 32 bits', line(11, {}).replace('00000000', '100000000'), /line 1/],
    ['when a count is negative', line(11, {}).replace('00000000', '-0000001'), /line 1/],
    ['when cut off within a line', line(13, {}).slice(0, 50), /line 1/],
  ])('%s', (_, text, message) => {
    expect(() => parseSoftnet(text)).toThrow(ParseError);
    expect(() => parseSoftnet(text)).toThrow(message);
  });
});
