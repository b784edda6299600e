import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseStat } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseStat(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseStat(text)).toThrow(ParseError);
    expect(() => parseStat(text)).toThrow(message);
  });
}

const ONE_CPU = {
  cpu_user: 1,
  cpu_nice: 2,
  cpu_system: 3,
  cpu_idle: 4,
  cpu_iowait: 5,
  cpu_irq: 6,
  cpu_softirq: 7,
  cpu_steal: 8,
  cpu_guest: 9,
  cpu_guest_nice: 10,
};

describe('/proc/stat is read', () => {
  ok('with all ten columns and every total', everyTotal(), {
    ...ONE_CPU,
    stat_intr: 1462898,
    stat_ctxt: 115315,
    stat_btime: 769041601,
    stat_processes: 86031,
    stat_procs_running: 1,
    stat_procs_blocked: 0,
    stat_softirq: 229245889,
    stat_softirq_hi: 94,
    stat_softirq_timer: 60001584,
    stat_softirq_net_tx: 13619,
  });

  ok('of a kernel with four columns, without the later ones', 'cpu  1132 34 1441 11311718\n', {
    cpu_user: 1132,
    cpu_nice: 34,
    cpu_system: 1441,
    cpu_idle: 11311718,
  });

  ok('of a kernel before steal', 'cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7\n', {
    ...sevenColumns('cpu'),
    ...sevenColumns('cpu0'),
  });

  ok('with CPUs that are off line left out', 'cpu  5 6\ncpu0 1 2\ncpu2 3 4\ncpu128 1 0\n', {
    cpu_user: 5,
    cpu_nice: 6,
    cpu0_user: 1,
    cpu0_nice: 2,
    cpu2_user: 3,
    cpu2_nice: 4,
    cpu128_user: 1,
    cpu128_nice: 0,
  });

  ok('with one number per interrupt passed over', `cpu  1\nintr 77 ${'3 '.repeat(50_000)}\nctxt 9\n`, {
    cpu_user: 1,
    stat_intr: 77,
    stat_ctxt: 9,
  });

  ok('with a newer column passed over', 'cpu  1 2 3 4 5 6 7 8 9 10 11 12\n', ONE_CPU);

  ok(
    'with lines passed over that it does not know',
    'cpu  1\npage 5741 1808\nswap 1 0\ndisk_io: (2,0):(31,30,5764,1,2)\ncpufreq -5\ncpu_user 7\nnew_line\n',
    { cpu_user: 1 },
  );

  ok('with counts above 2^53 exact', 'cpu  9007199254740993 0\nctxt 18446744073709551615\n', {
    cpu_user: '9007199254740993',
    cpu_nice: 0,
    stat_ctxt: '18446744073709551615',
  });

  ok('with blank lines and blanks at line ends', '\n\ncpu  1 2  \n   \nctxt 5 \n\n', {
    cpu_user: 1,
    cpu_nice: 2,
    stat_ctxt: 5,
  });

  ok('without a line feed at its end', 'cpu  1\nctxt 5', { cpu_user: 1, stat_ctxt: 5 });
});

describe('/proc/stat is refused', () => {
  bad('when empty', '', /^cannot parse \/proc\/stat: got ""; expected a line "cpu {2}<user>/);
  bad('when blank', ' \n\t\n', /expected a line "cpu/);
  bad('when the line of all CPUs is missing', 'cpu0 1 2 3 4\nctxt 5\n', /expected a line "cpu/);
  bad('when it ends after "cpu"', 'cpu', /line 1: got "cpu"; expected "cpu <count> …"/);
  bad('when a CPU has no columns', 'cpu  1 2 3 4\ncpu0\n', /line 2: got "cpu0"/);
  bad('when a column is no number', 'cpu  1 2 x 4\n', /line 1: got "cpu {2}1 2 x 4"/);
  bad('when a count is negative', 'cpu  1 -2 3 4\n', /line 1/);
  bad('when a total is no number', 'cpu  1\n\nctxt many\n', /line 3: got "ctxt many"; expected "ctxt <count> …"/);
  bad('when a total is missing', 'cpu  1\nprocs_running\n', /line 2: got "procs_running"/);

  test('with no more than 200 characters of the line in the message', () => {
    const refuse = () => parseStat(`cpu  ${'x'.repeat(5000)}`);
    expect(refuse).toThrow(/x{195}/);
    expect(refuse).not.toThrow(/x{196}/);
  });
});

function everyTotal(): string {
  return `cpu  1 2 3 4 5 6 7 8 9 10
intr 1462898 33 9 0 0 0
ctxt 115315
btime 769041601
processes 86031
procs_running 1
procs_blocked 0
softirq 229245889 94 60001584 13619
`;
}

function sevenColumns(cpu: string): Fields {
  return Object.fromEntries(
    ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq'].map((stat, at) => [`${cpu}_${stat}`, at + 1]),
  );
}
