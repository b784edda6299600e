import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { parserOf } from '../../scan/scanner.ts';
import { testRoot } from '../../test-root.ts';
import { sampleOf } from '../../test-sampling.ts';
import type { Fields } from '../../types.ts';
import { numastatSource } from './index.ts';
import { nodeMeminfoScanner, numastatScanner } from './parse.ts';

const OWN_MEMINFO = '/sys/devices/system/node/node0/meminfo';
const parseNumastat = parserOf(() => numastatScanner('1'));
const parseMeminfo = parserOf(() => nodeMeminfoScanner('0'));

describe('numastat of a node is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    ['as nothing when blank', '\n \n', {}],
    [
      'with its lines',
      'numa_hit 10\nnuma_miss 2\nother_node 3\n',
      { numa1_hit: 10, numa1_miss: 2, numa1_other_node: 3 },
    ],
    ['with unknown lines passed over', 'numa_hit 10\nnuma_wormholes x\n', { numa1_hit: 10 }],
    ['with counts above 2^53 exact', 'local_node 9007199254740993\n', { numa1_local_node: '9007199254740993' }],
    ['cut off within a count', 'numa_hit 10\nnuma_foreign 2', { numa1_hit: 10, numa1_foreign: 2 }],
  ])('%s', (_, text, want) => {
    expect(parseNumastat(text)).toStrictEqual(want);
  });

  test.each(['numa_hit\n', 'numa_hit ten\n', 'numa_hit -1\n', 'numa_miss 1x\n'])('never from %j', (text) => {
    expect(() => parseNumastat(text)).toThrow(ParseError);
  });
});

describe('meminfo of a node is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when empty', '', {}],
    [
      'with and without units',
      '\nNode 0 MemTotal:        6513220 kB\nNode 0 Active(anon):       1604 kB\nNode 0 HugePages_Free:     7\n',
      { numa0_mem_total: 6513220, numa0_mem_active_anon: 1604, numa0_mem_hugepages_free: 7 },
    ],
    ['with unknown lines passed over', 'Node 0 Wormholes:  x\nNode 0 Dirty: 1 kB\n', { numa0_mem_dirty: 1 }],
    ['cut off within a name', 'Node 0 MemFree: 5 kB\nNode 0 Mem', { numa0_mem_free: 5 }],
  ])('%s', (_, text, want) => {
    expect(parseMeminfo(text)).toStrictEqual(want);
  });

  test.each(['Node 0 MemFree:\n', 'Node 0 MemFree: - kB\n'])('never from %j', (text) => {
    expect(() => parseMeminfo(text)).toThrow(/meminfo of a memory node, line 1: got "Node 0 MemFree/);
  });
});

test('every node of a host is read', async () => {
  const { root } = testRoot({
    '/sys/devices/system/node/node0/numastat': 'numa_hit 1\n',
    '/sys/devices/system/node/node0/meminfo': 'Node 0 MemFree: 5 kB\n',
    '/sys/devices/system/node/node12/numastat': 'numa_hit 2\n',
    '/sys/devices/system/node/node12/meminfo': 'Node 12 MemFree: 6 kB\n',
    '/sys/devices/system/node/possible': '0-12\n',
  });
  expect((await sampleOf(numastatSource, openHost(root))).fields).toStrictEqual({
    numa0_hit: 1,
    numa0_mem_free: 5,
    numa12_hit: 2,
    numa12_mem_free: 6,
  });
  await expect(sampleOf(numastatSource, openHost(testRoot().root))).rejects.toMatchObject({ reason: 'unavailable' });
});

test.skipIf(!existsSync(OWN_MEMINFO))(
  "this host's first node is as large as the file says, read another way",
  async () => {
    const total = /MemTotal: +(\d+) kB/.exec(readFileSync(OWN_MEMINFO, 'utf8'))?.[1];
    expect((await sampleOf(numastatSource, openHost())).fields.numa0_mem_total).toBe(Number(total));
  },
);
