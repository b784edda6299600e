import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseMeminfo } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseMeminfo(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseMeminfo(text)).toThrow(ParseError);
    expect(() => parseMeminfo(text)).toThrow(message);
  });
}

const TOTAL = 'MemTotal:       16384256 kB\n';

describe('/proc/meminfo is read', () => {
  ok('in KiB', `${TOTAL}MemFree:          512000 kB\nMemAvailable:   12288000 kB\nBuffers:               0 kB\n`, {
    mem_total: 16384256,
    mem_free: 512000,
    mem_available: 12288000,
    mem_buffers: 0,
  });

  ok('without MemAvailable before 3.14, never estimated', `${TOTAL}MemFree: 5 kB\nBuffers: 6 kB\nCached: 7 kB\n`, {
    mem_total: 16384256,
    mem_free: 5,
    mem_buffers: 6,
    mem_cached: 7,
  });

  ok('with lines that have no unit', `${TOTAL}HugePages_Total:       3\nHugePages_Free:        2\n`, {
    mem_total: 16384256,
    mem_hugepages_total: 3,
    mem_hugepages_free: 2,
  });

  ok('with names that hold brackets and underscores', `${TOTAL}Active(anon): 1 kB\nCommitted_AS: 2 kB\n`, {
    mem_total: 16384256,
    mem_active_anon: 1,
    mem_committed_as: 2,
  });

  ok('with lines passed over that it does not know', `${TOTAL}BrandNew:  12 kB\nOdd: many\nno colon\n: 5 kB\n`, {
    mem_total: 16384256,
  });

  ok('with the heading of kernel 2.4 passed over', `        total:    used:\nMem:  64 32 0\n${TOTAL}`, {
    mem_total: 16384256,
  });

  ok('with more columns than it knows', 'MemTotal: 1 kB 2 kB\n', { mem_total: 1 });
  ok('cut off at the end of a number', 'MemTotal: 16384256 kB\nMemFree: 51', { mem_total: 16384256, mem_free: 51 });
  ok('without a blank after the colon', 'MemTotal:7 kB\n', { mem_total: 7 });
  ok('with blank lines', `\n\n${TOTAL}\n`, { mem_total: 16384256 });
  ok('with counts above 2^53 exact', `${TOTAL}VmallocTotal:   36028797018963968 kB\n`, {
    mem_total: 16384256,
    mem_vmalloc_total: '36028797018963968',
  });
});

describe('/proc/meminfo is refused', () => {
  bad('when empty', '', /^cannot parse \/proc\/meminfo: got ""; expected a line "MemTotal: {3}<count> kB"/);
  bad('when blank', ' \n \n', /expected a line "MemTotal/);
  bad('when MemTotal is missing', 'MemFree:   5 kB\n', /expected a line "MemTotal/);
  bad('when cut off before a number', `${TOTAL}MemFree:`, /line 2: got "MemFree:"; expected "<Name>: {3}<count> kB"/);
  bad('when a known line has no number', `${TOTAL}\nCached:  kB\n`, /line 3: got "Cached: {2}kB"/);
  bad('when a count is negative', 'MemTotal: -1 kB\n', /line 1: got "MemTotal: -1 kB"/);
  bad('when it is another file', 'cpu  1 2 3 4\n', /expected a line "MemTotal/);
});
