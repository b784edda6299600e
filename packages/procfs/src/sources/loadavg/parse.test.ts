import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseLoadavg } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseLoadavg(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseLoadavg(text)).toThrow(ParseError);
    expect(() => parseLoadavg(text)).toThrow(message);
  });
}

const LOADAVG = {
  loadavg_1min: 0.2,
  loadavg_5min: 0.18,
  loadavg_15min: 0.12,
  processes_running: 1,
  processes_total: 80,
};

describe('/proc/loadavg is read', () => {
  ok('with its five columns', '0.20 0.18 0.12 1/80 11206\n', { ...LOADAVG, processes_last_pid: 11206 });
  ok('without a line feed at its end', '0.20 0.18 0.12 1/80 11206', { ...LOADAVG, processes_last_pid: 11206 });
  ok('without the last process id', '0.20 0.18 0.12 1/80\n', LOADAVG);
  ok('with further columns passed over', '0.20 0.18 0.12 1/80 11206 9 x\nmore\n', {
    ...LOADAVG,
    processes_last_pid: 11206,
  });
  ok('of a machine that does nothing', '0.00 0.00 0.00 0/1 0\n', {
    loadavg_1min: 0,
    loadavg_5min: 0,
    loadavg_15min: 0,
    processes_running: 0,
    processes_total: 1,
    processes_last_pid: 0,
  });
  ok('of a machine that is overwhelmed', '10342.07 8204.55 912.00 9000/120448 4194303\n', {
    loadavg_1min: 10342.07,
    loadavg_5min: 8204.55,
    loadavg_15min: 912,
    processes_running: 9000,
    processes_total: 120448,
    processes_last_pid: 4194303,
  });
});

describe('/proc/loadavg is refused', () => {
  bad('when empty', '', /^cannot parse \/proc\/loadavg, line 1: got ""; expected "0.20 0.18 0.12 1\/80 11206"/);
  bad('when blank', ' \n', /line 1: got " "/);
  bad('when it begins with a blank line', '\n0.20 0.18 0.12 1/80 11206\n', /line 1/);
  bad('when cut off before the tasks', '0.20 0.18 0.12', /line 1/);
  bad('when cut off within the tasks', '0.20 0.18 0.12 1/', /line 1/);
  bad('when an average is no number', '0.20 x 0.12 1/80 11206\n', /got "0.20 x 0.12/);
  bad('when an average is negative', '0.20 -0.18 0.12 1/80 11206\n', /line 1/);
  bad('when an average has no decimals', '1 0.18 0.12 1/80 11206\n', /line 1/);
});
