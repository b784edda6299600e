import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseZoneinfo } from './parse.ts';

/** A kernel's of version 6. */
const DMA = `Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 228025
      nr_free_pages 1
  pages free     3840
        boost    0
        min      39
        low      48
        high     57
        promo    66
        spanned  4095
        present  3998
        managed  3840
        cma      0
        protection: (0, 3017, 6345, 6345, 6345)
      nr_free_pages 3840
  pagesets
    cpu: 0
              count:    0
              high:     13
              batch:    1
              high_min: 13
  vm stats threshold: 4
  node_unreclaimable:  0
  start_pfn:           1
`;
/** One of 3.10, whose event counters stand before the protection. */
const OLD = `Node 1, zone   Normal
  pages free     11
        min      12
        low      13
        high     14
        scanned  0
        spanned  15
        present  16
        managed  17
    nr_free_pages 11
    numa_hit     9
        protection: (0, 0, 0, 0)
  pagesets
    cpu: 0
              high:  186
  all_unreclaimable: 0
`;

const dma: Fields = {
  zone_0_DMA_free: 3840,
  zone_0_DMA_min: 39,
  zone_0_DMA_low: 48,
  zone_0_DMA_high: 57,
  zone_0_DMA_spanned: 4095,
  zone_0_DMA_present: 3998,
  zone_0_DMA_managed: 3840,
};
const old: Fields = {
  zone_1_Normal_free: 11,
  zone_1_Normal_min: 12,
  zone_1_Normal_low: 13,
  zone_1_Normal_high: 14,
  zone_1_Normal_spanned: 15,
  zone_1_Normal_present: 16,
  zone_1_Normal_managed: 17,
};

describe('/proc/zoneinfo is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', ' \n\n', {}],
    ['of a kernel 6', DMA, dma],
    ['of a kernel 3.10', OLD, old],
    ['zone by zone', DMA + OLD, { ...dma, ...old }],
    ['with a zone that has no pages', `Node 0, zone  Movable\n${OLD}`, old],
    ['without a line feed at its end', 'Node 0, zone DMA32\n  pages free 7', { zone_0_DMA32_free: 7 }],
  ])('%s', (_, text, want) => {
    expect(parseZoneinfo(text)).toStrictEqual(want);
  });
});

describe('/proc/zoneinfo is refused', () => {
  test.each([
    [
      'when a heading is cut off',
      `${OLD}Node 0, zone`,
      /line 17: got "Node 0, zone"; expected "Node <number>, zone <name>"/,
    ],
    ['when a node is no number', OLD.replace('Node 1', 'Node x'), /line 1/],
    ['when an amount is missing', OLD.replace(/low .*/, 'low'), /line 4: got " {8}low"; expected "<name> <pages>"/],
    ['when an amount is no count', OLD.replace('min      12', 'min      x'), /line 3/],
    ['when an amount is negative', OLD.replace('free     11', 'free     -11'), /line 2/],
  ])('%s', (_, text, message) => {
    expect(() => parseZoneinfo(text)).toThrow(ParseError);
    expect(() => parseZoneinfo(text)).toThrow(message);
  });
});
