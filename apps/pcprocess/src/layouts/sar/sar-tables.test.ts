import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Csv, header, readCsv, START, sample, testPlace } from '../../test-run.ts';
import { type LaidOut, layOutLines, raw } from '../test-layout.ts';
import { type SarOptions, sarTables } from './sar-tables.ts';

const place = testPlace();
type Fields = Readonly<Record<string, number | string>>;

function sarOf(lines: readonly string[], options?: SarOptions): Promise<LaidOut> {
  return layOutLines(place.root, lines, (setup) => sarTables(setup, options));
}

/** Samples of one machine, ten seconds apart, and the table that they make. */
async function tableOf(path: string, ...ticks: readonly Fields[]): Promise<Csv & Pick<LaidOut, 'noted'>> {
  const laidOut = await sarOf(ticks.map((fields, at) => sample(START + 10 * at, fields)));
  return { ...readCsv(join(laidOut.directory, path)), noted: laidOut.noted };
}

/** The rows as text: the timestamp as a number of ticks. */
function rowsOf({ rows, columns }: Csv): string[] {
  return rows.map((row) => {
    const [time = '', ...cells] = columns.map((column) => row[column]);
    return [(Number(time) - START) / 10, ...cells].join(' ');
  });
}

const CPU = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
function cpu(name: string, ...ticks: readonly number[]): Fields {
  return Object.fromEntries(CPU.map((part, at) => [`${name}_${part}`, ticks[at] ?? 0]));
}

describe('proc/stat', () => {
  test('has all CPUs together first, then each by its number', async () => {
    const tick = (at: number) => ({
      ...cpu('cpu10', at, 0, 0, 99 * at),
      ...cpu('cpu2', 0, 0, 50 * at, 50 * at),
      ...cpu('cpu', at, 0, 50 * at, 149 * at),
    });
    expect(rowsOf(await tableOf('proc/stat', tick(1), tick(2)))).toEqual([
      '1 -1 0.5 0 25 0 0 74.5',
      '1 2 0 0 50 0 0 50',
      '1 10 1 0 0 0 0 99',
    ]);
  });

  test('counts guests once, and interrupts in the total alone', async () => {
    const guest = (at: number) => ({ cpu_guest: 100 * at, cpu_guest_nice: 7 * at });
    const tick = (at: number) => ({ ...cpu('cpu', 40 * at, 0, 0, 40 * at, 0, 10 * at, 10 * at), ...guest(at) });
    expect(rowsOf(await tableOf('proc/stat', tick(1), tick(2)))).toEqual(['1 -1 40 0 0 0 0 40']);
  });

  test('takes a fall of iowait from the total, as perfcollector2 does', async () => {
    const [before, now] = [cpu('cpu', 100, 0, 0, 1000, 50), cpu('cpu', 160, 0, 0, 1050, 40)];
    expect(rowsOf(await tableOf('proc/stat', before, now))).toEqual(['1 -1 60 0 0 0 0 50']);
    const idle = cpu('cpu', 100, 0, 0, 1100, 40);
    expect(rowsOf(await tableOf('proc/stat', before, idle))).toEqual(['1 -1 0 0 0 0 0 100']);
  });

  test.each([
    ['a CPU that started anew', cpu('cpu', 900, 0, 900, 900), cpu('cpu', 1, 0, 1, 5000), 'reset'],
    ['a CPU that stood still', cpu('cpu', 9, 0, 9, 9), cpu('cpu', 9, 0, 9, 9), 'too_short'],
    ['a CPU that was not there', {}, cpu('cpu', 9, 0, 9, 9), 'new_device'],
    ['a CPU without its idle time', { cpu_user: 1 }, { cpu_user: 2 }, 'absent'],
    ['a CPU whose count is a word', cpu('cpu', 1), { ...cpu('cpu', 2), cpu_idle: 'x' }, 'unreadable'],
  ] as const)('has no row for %s', async (_, before, now, reason) => {
    const other = (at: number) => cpu('cpu0', at, 0, 0, at);
    const { noted, ...csv } = await tableOf('proc/stat', { ...before, ...other(1) }, { ...now, ...other(2) });
    expect(rowsOf(csv)).toEqual(['1 0 50 0 0 0 0 50']);
    expect(noted).toContainEqual({ table: 'proc/stat', column: '', timestamp: START + 10, device: '-1', reason });
  });

  test('has no row for a CPU while it is off line, nor for its first interval', async () => {
    const one = (at: number) => cpu('cpu0', at, 0, 0, at);
    const two = (at: number) => ({ ...one(at), ...cpu('cpu1', 0, 0, 0, 100 * at) });
    const csv = await tableOf('proc/stat', two(1), two(2), one(3), two(4), two(5));
    expect(csv.rows.map((row) => [(Number(row['#timestamp']) - START) / 10, row.CPU].join(' '))).toEqual([
      ...['1 0', '1 1', '2 0', '3 0', '4 0', '4 1'],
    ]);
  });
});

const DISK14 = '   8       0 sda 10 0 80 5 20 0 160 5 0 9 10\n';
const disks = (at: number, text: string) => raw(START + 10 * at, '/proc/diskstats', text);

describe('proc/diskstats', () => {
  test('tells of a kernel that does not count discards no discards', async () => {
    const later = '   8       0 sda 20 0 180 5 25 0 200 5 0 9 10\n';
    const { directory, noted, files } = await sarOf([disks(0, DISK14), disks(1, later)]);
    expect(rowsOf(readCsv(join(directory, 'proc/diskstats')))).toEqual(['1 sda 1.5 1 0.5 NA 10 4 NA']);
    expect(files).toMatchObject([{ path: 'proc/diskstats', rows: 1, na: 2 }]);
    const cell = { table: 'proc/diskstats', timestamp: START + 10, device: 'sda', reason: 'absent' };
    expect(noted.slice(1)).toEqual(['dtps', 'bdscd/s'].map((column) => ({ ...cell, column })));
  });

  test('has every device but those without any I/O since boot, in the order of the kernel', async () => {
    const names = ['loop0', 'loop1', 'nvme0n1', 'nvme0n1p1', 'dm-0', 'md127', 'sdb', 'sda', 'sda1', 'sr0'];
    const line = (name: string, reads: number) => `   8 0 ${name} ${reads} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
    const text = (reads: number) => names.map((name) => line(name, name === 'loop1' ? 0 : reads)).join('');
    const { directory } = await sarOf([disks(0, text(5)), disks(1, text(15))]);
    expect(readCsv(join(directory, 'proc/diskstats')).column('DEV')).toEqual(names.filter((name) => name !== 'loop1'));
  });

  test('has a row for the first I/O of a disk', async () => {
    const csv = await tableOf('proc/diskstats', { disk_sda_reads: 0 }, { disk_sda_reads: 10 });
    expect(rowsOf(csv)).toEqual(['1 sda 1 1 NA NA NA NA NA']);
  });

  test('goes on past a sample that has no disks', async () => {
    const one = { disk_sda_reads: 10 };
    const { noted, ...csv } = await tableOf('proc/diskstats', one, { cpu_user: 1 }, { disk_sda_reads: 50 });
    expect(rowsOf(csv)).toEqual(['2 sda 2 2 NA NA NA NA NA']);
    expect(noted).toContainEqual({ table: 'proc/diskstats', column: '', timestamp: START + 10, reason: 'absent' });
  });

  test('has no row for the interval in which a disk was changed for another', async () => {
    const at = (reads: number, writes: number) => ({ disk_sda_reads: reads, disk_sda_writes: writes });
    const { noted, ...csv } = await tableOf('proc/diskstats', at(500, 500), at(1, 2), at(11, 12));
    expect(rowsOf(csv)).toEqual(['2 sda 2 1 1 NA NA NA NA']);
    const told = { table: 'proc/diskstats', column: '', timestamp: START + 10, device: 'sda', reason: 'reset' };
    expect(noted).toContainEqual(told);
  });

  test('has NA where one counter alone fell', async () => {
    const at = (reads: number, writes: number) => ({ disk_sda_reads: reads, disk_sda_writes: writes });
    const csv = await tableOf('proc/diskstats', at(500, 0), at(1, 20));
    expect(rowsOf(csv)).toEqual(['1 sda NA NA 2 NA NA NA NA']);
  });
});

describe('proc/net/dev', () => {
  const at = (rx: number) => ({ net_eth0_rx_bytes: rx, net_eth0_tx_bytes: rx / 2 });

  test('tells how much of its speed an interface uses where the header knows that', async () => {
    const interfaces = [{ name: 'eth0', speed_mbit: 100, duplex: 'full' }];
    const host = { hostname: 'h', interfaces };
    const samples = [0, 1].map((tick) => sample(START + 10 * tick, at(5e6 * tick), { run: 'r', seq: tick }));
    const [full, half, bare] = await Promise.all(
      [host, { interfaces: [{ ...interfaces[0], duplex: 'half' }] }, { interfaces: 'none' }].map(async (one) => {
        const { directory } = await sarOf([header('r', { host: one }), ...samples]);
        return readCsv(join(directory, 'proc/net/dev')).column('%ifutil');
      }),
    );
    expect({ full, half, bare }).toEqual({ full: ['4'], half: ['6'], bare: ['0'] });
  });

  test('has no row for an interface that was not there before, whatever it is called', async () => {
    const veth = { 'net_veth0a_1:x_rx_bytes': 5 };
    const { noted, ...csv } = await tableOf(
      'proc/net/dev',
      at(0),
      { ...at(10240), ...veth },
      { ...at(20480), ...veth },
    );
    expect(rowsOf(csv).map((row) => row.split(' ').slice(0, 5).join(' '))).toEqual([
      ...['1 eth0 NA NA 1', '2 eth0 NA NA 1', '2 veth0a_1:x NA NA 0'],
    ]);
    expect(noted).toContainEqual({
      ...{ table: 'proc/net/dev', column: '', timestamp: START + 10 },
      ...{ device: 'veth0a_1:x', reason: 'new_device' },
    });
  });
});

describe('proc/meminfo', () => {
  test('has NA for what an old kernel does not tell', async () => {
    const memory = { mem_total: 1000, mem_free: 100, mem_buffers: 100, mem_cached: 200, mem_slab: 100 };
    const csv = await tableOf('proc/meminfo', memory, memory);
    expect(rowsOf(csv)).toEqual(['1 100 NA 500 50 100 200 NA NA NA NA NA']);
  });

  test('never has less than nothing in use', async () => {
    const memory = { mem_total: 1000, mem_free: 900, mem_buffers: 100, mem_cached: 200, mem_slab: 100 };
    const csv = await tableOf('proc/meminfo', memory, { ...memory, mem_committed_as: 30, mem_swap_total: 500 });
    expect(rowsOf(csv)).toEqual(['1 900 NA 0 0 100 200 30 2 NA NA NA']);
  });
});

describe('statfs_ALL', () => {
  const fs = (mount: string, total: number, available: number) => ({
    ...{ [`fs_${mount}_block_size`]: 4096, [`fs_${mount}_blocks_total`]: total },
    ...{ [`fs_${mount}_blocks_free`]: available, [`fs_${mount}_blocks_available`]: available },
  });

  test('has file systems while they are mounted', async () => {
    const csv = await tableOf(
      'statfs_ALL',
      fs('/', 1000, 500),
      { ...fs('/', 1000, 495), ...fs('/mnt/a, "b"', 8, 1) },
      fs('/', 1000, 494),
    );
    expect(rowsOf(csv)).toEqual(['1 / 4096 1000 495 51', '1 /mnt/a, "b" 4096 8 1 88', '2 / 4096 1000 494 51']);
  });

  test('says of one without blocks, or with more available than there are, nothing absurd', async () => {
    const odd = { ...fs('/none', 0, 0), ...fs('/more', 10, 20) };
    expect(rowsOf(await tableOf('statfs_ALL', odd, odd))).toEqual(['1 /none 4096 0 0 NA', '1 /more 4096 10 20 0']);
  });
});

const ID = 'c699f0b00fb804992e0981652f9fcb4568faa1374aabf4e6187109eee74a2c9c';
function container(at: number, members: Readonly<Record<string, unknown>>, id = ID, runtime = 'docker'): string {
  const text = JSON.stringify({ container_id: id, runtime, ...members });
  return raw(START + 10 * at, `container/${runtime}/${id.slice(0, 12)}`, text);
}

describe('containers.csv', () => {
  const used = (usec: number) => ({ cpu_usage_usec: usec, cpu_user_usec: usec, cpu_system_usec: 0 });
  const rows = ({ directory }: LaidOut) => rowsOf(readCsv(join(directory, 'containers.csv')));

  test('has containers as they come and go, and one that started again without a base', async () => {
    const other = ID.replace('c699', 'aaaa');
    const lines = [
      container(0, used(1e6)),
      ...[container(1, used(2e6)), container(1, used(5e6), other, 'podman')],
      ...[container(2, used(5e5)), container(2, used(9e6), other, 'podman')],
    ];
    const made = await sarOf(lines);
    const zeros = '0 0 0.00 0 0 0 0 0';
    expect(rows(made)).toEqual([
      `0 ${ID} c699f0b00fb8 docker    ${zeros}`,
      `1 ${ID} c699f0b00fb8 docker 10.00 10.00 0.00 ${zeros}`,
      `1 ${other} aaaaf0b00fb8 podman    ${zeros}`,
      `2 ${ID} c699f0b00fb8 docker    ${zeros}`,
      `2 ${other} aaaaf0b00fb8 podman 40.00 40.00 0.00 ${zeros}`,
    ]);
    const reasons = made.noted.filter(({ column }) => column === 'cpu_percent').map(({ reason }) => reason);
    expect(reasons).toEqual(['first', 'new_device', 'reset']);
  });

  test('tells names from a list, from the collection, else from the id', async () => {
    const lines = [container(0, { container_name: 'of the line' })];
    const names = (list: Record<string, string>) => ({ containerNames: new Map(Object.entries(list)) });
    const nameOf = async (options?: SarOptions) => rows(await sarOf(lines, options))[0]?.replace(/ docker.*/, '');
    expect(await nameOf(names({ [ID]: 'listed' }))).toBe(`0 ${ID} listed`);
    expect(await nameOf(names({ [ID.slice(0, 12)]: 'listed' }))).toBe(`0 ${ID} listed`);
    expect(await nameOf()).toBe(`0 ${ID} of the line`);
  });

  test.each([
    [536_870_912, 1_638_400 * 4.096, '1.25'],
    [800, 1, '0.12'],
    [800, 3, '0.38'],
    [800, 81, '10.12'],
    [0, 5, '0.00'],
  ])('tells of a limit of %d and a use of %d %s percent, as Python rounds', async (memory_max, use, percent) => {
    const [row] = rows(await sarOf([container(0, { memory_max, memory_current: Math.round(use) })]));
    expect(row?.split(' ').at(-6)).toBe(percent);
  });

  test('has blank cells for what this suite does not know, and no limit to CPU use', async () => {
    const at = (tick: number, usage: number) =>
      sample(START + 10 * tick, { container_aa_cpu_usage_us: usage, container_aa_id: 'aa' }, { run: 'r', seq: tick });
    const made = await sarOf([header('r'), at(0, 0), at(1, 90_000_000)]);
    expect(rows(made)).toEqual(['1 aa aa  900.00          ']);
  });
});

describe('the directory', () => {
  test('has times as they are, and rates over the real distance of samples', async () => {
    const at = (time: number, reads: number) => sample(time, { disk_sda_reads: reads });
    const { directory } = await sarOf([at(START + 0.5, 0), at(START + 1, 5), at(START + 1, 7), at(START + 21, 25)]);
    const csv = readCsv(join(directory, 'proc/diskstats'));
    expect(csv.column('#timestamp')).toEqual([String(START + 1), String(START + 21)]);
    expect(csv.column('rtps')).toEqual(['10', '1']);
  });

  test('is one for each machine where there are several', async () => {
    const lines = ['a', 'b/c'].flatMap((machine) =>
      [0, 1].map((at) => sample(START + at, { mem_total: 9 }, { machine })),
    );
    const { directory, files } = await sarOf(lines);
    expect(readdirSync(directory).sort()).toEqual(['a', 'b%2Fc']);
    expect(files.map(({ path }) => path).sort()).toEqual(['a/proc/meminfo', 'b%2Fc/proc/meminfo']);
  });

  test('has headings alone where there is one sample, and files of nothing else than was sampled', async () => {
    const { directory, files, noted } = await sarOf([sample(START, { mem_total: 9, mem_free: 1 })]);
    expect(files).toMatchObject([{ path: 'proc/meminfo', rows: 0, na: 0 }]);
    expect(readdirSync(directory, { recursive: true }).map(String).sort()).toEqual(['proc', 'proc/meminfo']);
    expect(noted).toEqual([{ table: 'proc/meminfo', column: '', timestamp: START, reason: 'first' }]);
  });

  test('describes every column of every file', async () => {
    const { directory, files } = await sarOf([
      container(0, {}),
      sample(START, { ...cpu('cpu', 1), mem_total: 1, disk_a_reads: 1, net_b_rx_bytes: 1, 'fs_/_block_size': 1 }),
    ]);
    expect(files).toHaveLength(6);
    for (const { path, fields } of files) {
      expect(readCsv(join(directory, path)).columns).toEqual(fields.map(({ name }) => name));
      for (const field of fields) expect(field).toMatchObject({ kind: expect.any(String), description: /\.$/ });
    }
  });

  test('tells of the processors what a header of this suite says', async () => {
    const host = { hostname: 'h', cpu_model: 'A CPU', cpus: 8, cores: 4, sockets: 2, cpu_mhz: 2600.5 };
    const { directory } = await sarOf([header('r', { host }), sample(START, { mem_total: 1 }, { run: 'r', seq: 0 })]);
    expect(JSON.parse(readFileSync(join(directory, 'system_info.json'), 'utf8'))).toEqual({
      ...{ model_name: 'A CPU', cpu_cores: 2, siblings: 4, cpu_mhz: 2600.5, total_cpus: 8, physical_cpus: 2 },
    });
  });

  test('tells of what is in its way, and leaves nothing', async () => {
    const directory = mkdtempSync(join(place.root, 'taken-'));
    writeFileSync(join(directory, 'proc'), 'mine');
    const tables = sarTables({
      machine: 'm',
      directory,
      isOneOfMany: false,
      noteNa: () => {},
      claim: (name) => join(directory, name),
    });
    const now = { timestamp: START, fields: { 'fs_/_block_size': 1, mem_total: 1 } };
    const step = { before: undefined, now, interval: { na: 'first' as const }, header: undefined };
    await expect(tables.add(step)).rejects.toThrow(/cannot make the directory .*proc: /);
    tables.discard();
    expect(readdirSync(directory)).toEqual(['proc']);
  });

  test('that is given up is as it was', async () => {
    const directory = mkdtempSync(join(place.root, 'given-up-'));
    mkdirSync(join(directory, 'proc'));
    const tables = sarTables({
      machine: 'm',
      directory,
      isOneOfMany: false,
      noteNa: () => {},
      claim: (name) => join(directory, name),
    });
    const now = { timestamp: START, fields: { net_a_rx_bytes: 1, mem_total: 1 } };
    await tables.add({ before: undefined, now, interval: { na: 'first' }, header: undefined });
    expect(existsSync(join(directory, 'proc/net'))).toBe(true);
    tables.discard();
    expect(readdirSync(directory, { recursive: true })).toEqual(['proc']);
  });
});

test('whatever counters do, no number is negative, absurd, or has an exponent', { timeout: 60_000 }, async () => {
  const count = fc.oneof(
    fc.nat(50),
    fc.nat(),
    fc.constantFrom(0, 2 ** 32 - 1, 2 ** 52),
    fc.constant('18446744073709551615'),
  );
  const names = [
    ...Object.keys({ ...cpu('cpu'), ...cpu('cpu1') }),
    'mem_total',
    'mem_free',
    'mem_buffers',
    'mem_cached',
  ];
  const more = ['mem_slab', 'mem_committed_as', 'mem_swap_total', 'container_a_cpu_usage_us', 'container_a_memory_max'];
  const devices = ['reads', 'writes', 'read_sectors', 'io_ms', 'discards'].map((stat) => `disk_sda_${stat}`);
  const nets = ['rx_bytes', 'tx_bytes', 'rx_packets'].map((stat) => `net_eth0_${stat}`);
  const mounts = ['block_size', 'blocks_total', 'blocks_available'].map((stat) => `fs_/_${stat}`);
  const keys = [...names, ...more, ...devices, ...nets, ...mounts, 'container_a_memory_current'];
  const tick = fc.record(Object.fromEntries(keys.map((key) => [key, count])), { requiredKeys: [] });
  const ticks = fc.array(fc.tuple(fc.constantFrom(0, 0.001, 1, 1e6), tick), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(ticks, async (some) => {
      let time = START;
      const lines = some.map(([later, fields]) => {
        time += later;
        return sample(time, fields as Fields);
      });
      const { directory, files } = await sarOf(lines);
      for (const { path } of files) {
        for (const row of readCsv(join(directory, path)).rows) {
          for (const [column, cell] of Object.entries(row)) {
            if (['CPU', 'DEV', 'IFACE', 'mount', 'container_id', 'container_name', 'runtime'].includes(column))
              continue;
            expect(cell, `${path} ${column}`).toMatch(/^(|NA|\d+(\.\d+)?)$/);
            if (path === 'proc/stat' && column.startsWith('%') && cell !== 'NA')
              expect(Number(cell)).toBeLessThanOrEqual(100);
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});
