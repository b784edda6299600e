import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { describeUnlisted, parseVmstat } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseVmstat(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseVmstat(text)).toThrow(ParseError);
    expect(() => parseVmstat(text)).toThrow(message);
  });
}

describe('/proc/vmstat is read', () => {
  ok('as nothing when empty', '', {});
  ok('as nothing when blank', '\n  \n', {});

  ok("with perfcollector2's four names", 'pgfault 1\npgmajfault 2\npswpin 3\npswpout 4\n', {
    vm_pagefault: 1,
    vm_majorfault: 2,
    vm_swapin: 3,
    vm_swapout: 4,
  });

  ok("with the kernel's own names elsewhere", 'nr_free_pages 5\noom_kill 0\nallocstall_dma32 6\n', {
    vm_nr_free_pages: 5,
    vm_oom_kill: 0,
    vm_allocstall_dma32: 6,
  });

  ok('with names kept that the catalogue does not list', 'pgfault_of_2030 7\nnr_wormholes 8\n', {
    vm_pgfault_of_2030: 7,
    vm_nr_wormholes: 8,
  });

  ok('with further columns passed over', 'pgfault 1 2 3\n', { vm_pagefault: 1 });
  ok('without a line feed at its end', 'pswpin 1\npswpout 2', { vm_swapin: 1, vm_swapout: 2 });
  ok('with counts above 2^53 exact', 'pgfault 18446744073709551615\n', { vm_pagefault: '18446744073709551615' });
});

describe('/proc/vmstat is refused', () => {
  bad(
    'when cut off after a name',
    'pgfault 1\npgmajf',
    /\/proc\/vmstat, line 2: got "pgmajf"; expected "<name> <count>"/,
  );
  bad('when a count is no number', 'pgfault x\n', /line 1: got "pgfault x"/);
  bad('when a count is negative', '\nnr_dirty -1\n', /line 2: got "nr_dirty -1"/);
  bad('when it is another file', 'MemTotal:       16384256 kB\nActive(anon): x\n', /line 2/);
});

describe('a name that the catalogue does not list', () => {
  test('is an amount of pages when it begins with nr_', () => {
    expect(describeUnlisted('nr_wormholes')).toMatchObject({ stat: 'nr_wormholes', unit: 'pages', kind: 'gauge' });
  });

  test('counts events otherwise', () => {
    expect(describeUnlisted('pgwarp')).toMatchObject({ kernel: 'pgwarp', unit: 'count', kind: 'counter' });
  });
});
