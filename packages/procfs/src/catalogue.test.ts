import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allGroups, describeField, sourceOf } from './catalogue.ts';
import { fieldName } from './field-name.ts';
import { openHost } from './reader.ts';
import { sources } from './sources/index.ts';
import { allSettings, sampleOf } from './test-sampling.ts';
import type { GroupSpec, Source } from './types.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const HOSTS = join(REPOSITORY, 'test-fixtures/hosts');

describe('a field is described', () => {
  test.each([
    ['cpu_guest_nice', 'cpu', '', 'guest_nice'],
    ['cpu0_user', 'cpu', '0', 'user'],
    ['cpu128_guest_nice', 'cpu', '128', 'guest_nice'],
    ['stat_softirq', 'stat', '', 'softirq'],
    ['mem_available', 'mem', '', 'available'],
    ['loadavg_1min', 'loadavg', '', '1min'],
    ['processes_last_pid', 'processes', '', 'last_pid'],
    ['uptime', 'uptime', '', ''],
    ['uptime_idle', 'uptime', '', 'idle'],
    ['disk_sda_reads', 'disk', 'sda', 'reads'],
    ['disk_sda_reads_merged', 'disk', 'sda', 'reads_merged'],
    ['disk_dm-0_weighted_io_ms', 'disk', 'dm-0', 'weighted_io_ms'],
    ['disk_cciss/c0d0p1_io_ms', 'disk', 'cciss/c0d0p1', 'io_ms'],
    ['disk_my_disk_in_flight', 'disk', 'my_disk', 'in_flight'],
    ['net_eth0:1_rx_bytes', 'net', 'eth0:1', 'rx_bytes'],
    ['net_rx_bytes_tx_bytes', 'net', 'rx_bytes', 'tx_bytes'],
    ['fs_/_block_size', 'fs', '/', 'block_size'],
    ['fs_/srv/a_b_blocks_free_blocks_free', 'fs', '/srv/a_b_blocks_free', 'blocks_free'],
    ['container_942b476921d8_cpu_throttled_us', 'container', '942b476921d8', 'cpu_throttled_us'],
    ['pressure_memory_full_avg10', 'pressure', 'memory', 'full_avg10'],
    ['tcp_retrans_segs', 'tcp', '', 'retrans_segs'],
    ['tcpext_tcp_timeouts', 'tcpext', '', 'tcp_timeouts'],
    ['ip6_in_receives', 'ip6', '', 'in_receives'],
    ['sockstat6_tcp_inuse', 'sockstat6', '', 'tcp_inuse'],
    ['softnet_processed', 'softnet', '', 'processed'],
    ['softnet12_time_squeeze', 'softnet', '12', 'time_squeeze'],
    ['schedstat0_waiting_ns', 'schedstat', '0', 'waiting_ns'],
    ['zone_0_Normal_free', 'zone', '0_Normal', 'free'],
    ['buddy_0_DMA32_order10', 'buddy', '0_DMA32', 'order10'],
    ['irq_LOC_count', 'irq', 'LOC', 'count'],
    ['vm_pagefault', 'vm', '', 'pagefault'],
    ['vm_name_of_a_newer_kernel', 'vm', '', 'name_of_a_newer_kernel'],
  ])('%s', (name, group, device, stat) => {
    const info = describeField(name);
    expect(info).toMatchObject({ name, device, stat, groupSpec: { group }, spec: { stat } });
  });

  test.each([
    ...['', 'cpu', 'cpu_', 'cpu0', 'cpu0_', 'cpuA_user', 'cpu_user_', 'cpu0_user_x', 'mem', 'mem_', 'mem_wormholes'],
    ...['memory_total', 'disk_reads', 'disk__reads', 'disk_sda', 'disk_sda_', 'disk_sda_wormholes', 'net_eth0_rx'],
    ...['fs_blocks_free', 'container_name', 'pcc_cpu_ms', 'CPU_user', ' cpu_user'],
  ])('not when no source gives it: %j', (name) => {
    expect(describeField(name)).toBeUndefined();
  });

  test.each(readings())('for every field that $label gives', async ({ root, source }) => {
    const names = Object.keys((await sampleOf(source, openHost(root), allSettings)).fields);
    const infos = names.map((name) => ({ name, info: describeField(name) }));
    expect(infos.filter(({ info }) => info?.source.name !== source.name)).toStrictEqual([]);
    expect(infos.map(({ info }) => info && fieldName(info.groupSpec, info.device, info.stat))).toStrictEqual(names);
  });
});

describe('a field name', () => {
  test('splits one way only, whatever the device is called', () => {
    fc.assert(
      fc.property(fieldParts(), ({ groupSpec, device, stat }) => {
        fc.pre(!isKnownAmbiguity(groupSpec, device, stat));
        const info = describeField(fieldName(groupSpec, device, stat));
        expect(info).toMatchObject({ device, stat });
        expect(info?.groupSpec).toBe(groupSpec);
      }),
      { numRuns: 5000 },
    );
  });

  test('splits one way only when a newer kernel gave it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...allGroups().filter((group) => group.describe)),
        kernelWord(),
        (groupSpec, stat) => {
          const info = describeField(fieldName(groupSpec, '', stat));
          expect(info).toMatchObject({ device: '', stat, spec: { stat } });
          expect(info?.groupSpec).toBe(groupSpec);
        },
      ),
    );
  });

  test('could split two ways at one pair of statistics alone', () => {
    const pairs = allGroups()
      .filter((group) => group.device === 'between')
      .flatMap((group) => group.fields.flatMap((long) => group.fields.map((short) => ({ group, long, short }))))
      .filter(({ long, short }) => long.stat.endsWith(`_${short.stat}`));
    expect(pairs.map(({ group, long, short }) => `${group.group}: ${long.stat}, ${short.stat}`)).toStrictEqual([
      'disk: weighted_io_ms, io_ms',
    ]);
  });
});

describe.each(allGroups().map((group) => ({ label: `${group.group}, device ${group.device}`, group })))(
  'the group $label',
  ({ group }) => {
    test('names each statistic once', () => {
      expect(duplicates(group.fields.map((field) => field.stat))).toStrictEqual([]);
    });

    test('takes each statistic from a word of the kernel of its own', () => {
      expect(duplicates(group.fields.map((field) => field.kernel))).toStrictEqual([]);
    });

    test('says of each statistic one sentence', () => {
      expect(group.fields.filter((field) => !/^\S.*[^.\s]\.$/.test(field.about))).toStrictEqual([]);
    });

    test('says since when as a kernel version', () => {
      expect(group.fields.filter((field) => field.since && !/^\d+\.\d+$/.test(field.since))).toStrictEqual([]);
    });

    test('lets counters alone wrap', () => {
      expect(group.fields.filter((field) => field.wraps32 && field.kind !== 'counter')).toStrictEqual([]);
    });

    test('gives labels, and labels alone, as text', () => {
      expect(group.fields.filter((field) => (field.kind === 'label') !== (field.unit === 'text'))).toStrictEqual([]);
    });

    test('shares out statistics that it has', () => {
      const stats = new Set(group.fields.map((field) => field.stat));
      const shares = [...(group.shares ?? []), ...(group.sharesWithin ?? [])];
      expect(shares.filter((share) => !stats.has(share))).toStrictEqual([]);
      expect(duplicates(shares)).toStrictEqual([]);
    });
  },
);

describe('the groups', () => {
  test('are all the groups of all sources, those that are wide last', () => {
    const groups = allGroups();
    expect(new Set(groups)).toStrictEqual(new Set(sources.flatMap((source) => source.groups)));
    expect(groups.map((group) => Boolean(group.isLast))).toStrictEqual(
      groups.map((group) => Boolean(group.isLast)).sort(),
    );
  });

  test('have names that do not begin with one another', () => {
    const names = [...new Set(allGroups().map(({ group }) => group))];
    const nested = names.filter((name) => names.some((other) => name !== other && name.startsWith(`${other}_`)));
    expect(nested).toStrictEqual([]);
  });

  test('are told apart by their name and where the device stands', () => {
    expect(duplicates(allGroups().map(({ group, device }) => `${group} ${device}`))).toStrictEqual([]);
  });
});

describe('a source', () => {
  test.each(sources.filter((source) => source.parse && !source.isSubsystem))(
    '$name answers for $subsystem',
    (source) => {
      expect(sourceOf(source.subsystem)).toBe(source);
    },
  );

  test('answers for every container', () => {
    expect(sourceOf('container/docker/942b476921d8')?.name).toBe('container');
    expect(sourceOf('container/podman/0123456789ab')?.name).toBe('container');
  });

  test.each(['', 'container', 'container/docker', '/proc/statx', '/proc/net', 'proc/stat', 'statfs'])(
    'answers not for %j',
    (subsystem) => {
      expect(sourceOf(subsystem)).toBeUndefined();
    },
  );

  test('has a name and a subsystem of its own', () => {
    expect(duplicates(sources.map((source) => source.name))).toStrictEqual([]);
    expect(duplicates(sources.map((source) => source.subsystem))).toStrictEqual([]);
  });

  test('is named in its own folder alone', () => {
    expect(strangersNaming(sources)).toStrictEqual([
      // The header of a collection is not a sample: its facts are read once, from the same files.
      'packages/procfs/src/host/cpu.ts names /proc/cpuinfo',
      'packages/procfs/src/host/host-facts.ts names /proc/stat',
      'packages/procfs/src/host/memory.ts names /proc/meminfo',
      // A comment: what `subsystem` looks like.
      'packages/procfs/src/types.ts names statfs[*]',
    ]);
  });
});

/** Each source on each host that has it: the captures, and this host, which can also be asked for its file systems. */
function readings(): { label: string; root: string; source: Source }[] {
  const roots = ['/', ...readdirSync(HOSTS).map((name) => join(HOSTS, name))];
  return roots.flatMap((root) =>
    sources
      .filter((source) => source.open)
      .filter(({ name, subsystem }) =>
        name === 'statfs' ? root === '/' : existsSync(join(root, placeOf(name, subsystem))),
      )
      .map((source) => ({ label: `${source.name} of ${basename(root) || root}`, root, source })),
  );
}

/** Where a source's files are, if its subsystem is no path. */
function placeOf(name: string, subsystem: string): string {
  return name === 'container' ? 'sys/fs/cgroup' : subsystem;
}

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

interface FieldParts {
  readonly groupSpec: GroupSpec;
  readonly device: string;
  readonly stat: string;
}

function fieldParts(): fc.Arbitrary<FieldParts> {
  return fc.constantFrom(...allGroups()).chain((groupSpec) =>
    fc.record({
      groupSpec: fc.constant(groupSpec),
      device: deviceOf(groupSpec),
      stat: fc.constantFrom(...groupSpec.fields.map((field) => field.stat)),
    }),
  );
}

/** Any text, and text made of the very words that names are made of. */
function deviceOf(groupSpec: GroupSpec): fc.Arbitrary<string> {
  if (groupSpec.device === 'none') return fc.constant('');
  if (groupSpec.device === 'glued') return fc.nat().map(String);
  const words = [...groupSpec.fields.map((field) => field.stat), groupSpec.group, 'weighted', 'a', ''];
  const wordy = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((some) => some.join('_'));
  const any = fc.string({ unit: 'binary', minLength: 1 });
  return fc.oneof(wordy, any).filter((device) => device !== '' && !device.includes('\0'));
}

/** No kernel names a block device so; the longer statistic is taken. */
function isKnownAmbiguity({ group }: GroupSpec, device: string, stat: string): boolean {
  return group === 'disk' && stat === 'io_ms' && device.endsWith('_weighted');
}

function kernelWord(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[a-z][a-z0-9_]{0,30}$/);
}

/** Which files outside a source's own folder name it. Documentation may show a name as an example; code may not. */
function strangersNaming(some: readonly Source[]): string[] {
  const files = [...codeFiles('packages'), ...codeFiles('apps')].map((path) => ({
    path,
    code: readFileSync(path, 'utf8'),
  }));
  const found = some
    .filter(({ subsystem }) => subsystem !== 'pcc')
    .flatMap((source) => {
      const pattern = new RegExp(`${RegExp.escape(source.subsystem)}(?![\\w/])`);
      const home = join(REPOSITORY, 'packages/procfs/src/sources', source.name.replace('/', '-'), '/');
      return files
        .filter(({ path, code }) => !path.startsWith(home) && pattern.test(code))
        .map(({ path }) => `${relative(REPOSITORY, path)} names ${source.subsystem}`);
    });
  return found.sort();
}

function codeFiles(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(m?[jt]sx?|json)$/.test(entry.name))
    .filter(({ name }) => !/^test-|\.test\.ts$/.test(name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(node_modules|dist(\.\d+)?)\//.test(path));
}
