import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { bootClockField } from './fields.ts';
import { parseUptime } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseUptime(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseUptime(text)).toThrow(ParseError);
    expect(() => parseUptime(text)).toThrow(message);
  });
}

describe('/proc/uptime is read', () => {
  ok('with both columns', '350735.47 234388.90\n', { uptime: 350735.47, uptime_idle: 234388.9 });
  ok('without a line feed at its end', '350735.47 234388.90', { uptime: 350735.47, uptime_idle: 234388.9 });
  ok('without the idle time', '350735.47\n', { uptime: 350735.47 });
  ok('with an idle time left out that is none', '350735.47 x\n', { uptime: 350735.47 });
  ok('with a negative idle time left out', '350735.47 -2.00\n', { uptime: 350735.47 });
  ok('with further columns passed over', '1.00 2.00 3.00\nmore\n', { uptime: 1, uptime_idle: 2 });
  ok('right after boot', '0.00 0.00\n', { uptime: 0, uptime_idle: 0 });

  test('into the field that elapsed time is checked against', () => {
    expect(parseUptime('12.34 5.00\n')[bootClockField]).toBe(12.34);
  });
});

describe('/proc/uptime is refused', () => {
  bad('when empty', '', /^cannot parse \/proc\/uptime, line 1: got ""; expected "350735.47 234388.90"/);
  bad('when blank', '  \n', /line 1/);
  bad('when cut off within the first number', '350735.', /line 1: got "350735."/);
  bad('when it is no number', 'up 3 days\n', /got "up 3 days"/);
  bad('when it is negative', '-5.00 1.00\n', /line 1/);
});
