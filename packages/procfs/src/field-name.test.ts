import { describe, expect, test } from 'vitest';
import { fieldName, splitName } from './field-name.ts';
import type { FieldSpec, GroupSpec } from './types.ts';

function group(device: GroupSpec['device'], ...stats: string[]): GroupSpec {
  const fields = stats.map((stat): FieldSpec => ({ stat, kernel: stat, unit: 'count', kind: 'counter', about: 'A.' }));
  return { group: 'g', device, fields };
}

describe('a name is put together and taken apart', () => {
  test.each([
    ['none', '', 'free', 'g_free'],
    ['none', '', '', 'g'],
    ['between', 'sda', 'free', 'g_sda_free'],
    ['between', 'a_b', 'free', 'g_a_b_free'],
    ['between', ' \n_', 'free', 'g_ \n__free'],
    ['glued', '0', 'free', 'g0_free'],
    ['glued', '007', 'free', 'g007_free'],
  ] as const)('with the device %s: %j, %j', (device, name, stat, want) => {
    const spec = group(device, 'free', stat);
    expect(fieldName(spec, name, stat)).toBe(want);
    expect(splitName(spec, want)).toStrictEqual({ device: name, stat });
  });
});

describe('a name that ends in two statistics', () => {
  test.each([[['ms', 'io_ms', 'weighted_io_ms']], [['weighted_io_ms', 'io_ms', 'ms']]])(
    'is taken apart at the longest, in whatever order the catalogue has them: %j',
    (stats) => {
      const spec = group('between', ...stats);
      expect(splitName(spec, 'g_sda_weighted_io_ms')).toStrictEqual({ device: 'sda', stat: 'weighted_io_ms' });
      expect(splitName(spec, 'g_sda_io_ms')).toStrictEqual({ device: 'sda', stat: 'io_ms' });
      expect(splitName(spec, 'g_sda_ms')).toStrictEqual({ device: 'sda', stat: 'ms' });
    },
  );
});

describe('a name of another group', () => {
  test.each([
    ['none', 'h_free'],
    ['none', 'gg_free'],
    ['none', 'g_used'],
    ['between', 'h_sda_free'],
    ['between', 'g_free'],
    ['between', 'g__free'],
    ['between', 'g_sdafree'],
    ['between', 'gsda_free'],
    ['glued', 'h0_free'],
    ['glued', 'g_free'],
    ['glued', 'gx_free'],
    ['glued', 'g0_used'],
    ['glued', 'g0free'],
  ] as const)('is not taken apart: device %s, %j', (device, name) => {
    expect(splitName(group(device, 'free'), name)).toBeUndefined();
  });
});
