import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostRoot } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openHost } from './reader.ts';
import { sources } from './sources/index.ts';
import { allSettings } from './test-sampling.ts';
import type { Fields, Source } from './types.ts';

const rebuilding = sources.filter((source) => source.rebuild);

/** What the rebuilt texts say. */
function readBack(source: Source, fields: Fields): Fields {
  const texts = source.rebuild?.(fields) ?? [];
  return Object.assign({}, ...texts.map(({ subsystem, text }) => source.parse?.(text, subsystem)));
}

const hosts = readdirSync(hostRoot(''));
/** File systems and containers are not in a capture. */
const ofFiles = rebuilding.filter(({ subsystem }) => subsystem.startsWith('/proc/'));

describe.each(hosts)('of %s', (host) => {
  test.each(ofFiles.map((source) => [source.name, source] as const))(
    '%s is rebuilt with the same fields',
    async (_, source) => {
      const open = source.open?.(openHost(join(hostRoot(''), host)), allSettings);
      const texts = (await open?.rawTexts?.()) ?? [];
      open?.close();
      const fields = Object.assign({}, ...texts.map(({ subsystem, text }) => source.parse?.(text, subsystem)));
      expect(Object.keys(fields).length).toBeGreaterThan(10);
      expect(readBack(source, fields)).toEqual(fields);
    },
  );
});

test('the texts of six files that perfcollector2 records can be rebuilt', () => {
  expect(rebuilding).toHaveLength(6);
});

test('whatever fields are missing, no other comes into their place', () => {
  const open = openHost(join(hostRoot(''), 'debian12-6.18-x86_64'));
  for (const source of rebuilding) {
    const path = source.subsystem.startsWith('/proc/') ? source.subsystem : undefined;
    const text = path
      ? open.readText(path)
      : '{"mount_point":"/","block_size":1,"blocks_total":2,"blocks_free":3,"blocks_available":4}';
    const fields = source.isSubsystem ? containerOf('0123') : (source.parse?.(text, source.subsystem) ?? {});
    const names = Object.keys(fields);
    fc.assert(
      fc.property(fc.subarray(names), (kept) => {
        const some = Object.fromEntries(kept.map((name) => [name, fields[name] ?? 0]));
        for (const [name, value] of Object.entries(readBack(source, some)))
          expect([name, some[name]]).toEqual([name, value]);
      }),
      { numRuns: 60 },
    );
  }
});

function containerOf(id: string): Fields {
  return {
    [`container_${id}_runtime`]: 'docker',
    [`container_${id}_name`]: 'web',
    [`container_${id}_memory_current`]: 5,
  };
}

test.each<[string, Fields]>([
  ['a counter that is negative', { disk_sda_reads: -1, mem_total: -1, cpu_user: -1 }],
  ['a word in a number\u2019s place', { mem_total: 'lots', cpu_user: 'many', net_lo_rx_bytes: 'x' }],
  ['a fraction', { mem_total: 1.5, cpu_user: 0.5 }],
  ['nothing', {}],
])('of %s no text is made', (_, fields) => {
  for (const source of rebuilding) expect(source.rebuild?.(fields)).toEqual([]);
});
