import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Csv, header, readCsv, START, sample, testPlace } from '../../test-run.ts';
import { type LaidOut, layOutLines } from '../test-layout.ts';
import { physicalInterfaces } from './busiest.ts';
import { PORTAL_HEADING } from './columns.ts';
import { type PortalOptions, portalTables } from './portal-tables.ts';

const place = testPlace();
type Fields = Readonly<Record<string, number | string>>;

function portalOf(lines: readonly string[], options?: PortalOptions): Promise<LaidOut> {
  return layOutLines(place.root, lines, (setup) => portalTables(setup, options));
}

/** What every sample of a host has. */
const host = (at: number): Fields => ({
  ...{ cpu_user: 10 * at, cpu_nice: 0, cpu_system: 5 * at, cpu_idle: 80 * at, cpu_iowait: 3 * at, cpu_steal: 2 * at },
  ...{ mem_total: 1000, mem_free: 400, mem_buffers: 50, mem_cached: 150, mem_slab: 100 },
});
const disk = (name: string, sectors: number) => ({
  ...{ [`disk_${name}_read_sectors`]: sectors, [`disk_${name}_write_sectors`]: 2 * sectors },
});
const net = (name: string, bytes: number) => ({ [`net_${name}_rx_bytes`]: bytes, [`net_${name}_tx_bytes`]: 3 * bytes });

/** Samples ten seconds apart. */
const series = (...ticks: readonly Fields[]) =>
  ticks.map((fields, at) => sample(START + 10 * at, { ...host(at), ...fields }));

async function csvOf(lines: readonly string[], options?: PortalOptions): Promise<Csv> {
  return readCsv(join((await portalOf(lines, options)).directory, 'm_performance.csv'));
}

/** What the last row has of disk and network. */
async function ratesOf(lines: readonly string[], options?: PortalOptions): Promise<string> {
  const row = (await csvOf(lines, options)).rows.at(-1) ?? {};
  return ['disk_read_bytes', 'disk_write_bytes', 'net_rx_bytes', 'net_tx_bytes'].map((name) => row[name]).join(' ');
}

test('a line has CPU, memory, and whole bytes a second of disk and network', async () => {
  const csv = await csvOf(series({ ...disk('sda', 0), ...net('eth0', 0) }, { ...disk('sda', 7), ...net('eth0', 99) }));
  expect(csv.columns.join(',')).toBe(PORTAL_HEADING);
  expect(csv.rows.map((row) => Object.values(row).join(' '))).toEqual([
    `${START + 10} 10 5 80 3 2 900 300 400 150 358 716 9 29`,
  ]);
});

describe('the busiest', () => {
  test.each([
    ['disk, not the device mapper on it, nor its partition', ['dm-0', 'sda', 'sda1', 'nvme0n1'], 'nvme0n1'],
    ['RAID member, not the array', ['md0', 'sda', 'sdb'], 'sdb'],
    ['disk, not a loop device', ['loop0', 'vda', 'zram0'], 'vda'],
    ['of what there is, where there is no disk', ['dm-0', 'dm-1'], 'dm-1'],
    ['partition whose disk is not there', ['xvda1', 'loop7'], 'xvda1'],
  ])('%s', async (_, names, chosen) => {
    // The later in the list, the busier; what is no disk is busier still.
    const sectors = (name: string) => (names.indexOf(name) + 1) * (/^(dm|md|loop|zram|sda1)/.test(name) ? 1000 : 10);
    const tick = (at: number) => Object.assign({}, ...names.map((name) => disk(name, at * sectors(name))));
    expect(await ratesOf(series(tick(0), tick(1)))).toBe(
      `${Math.trunc(sectors(chosen) * 51.2)} ${Math.trunc(sectors(chosen) * 102.4)} NA NA`,
    );
  });

  test('is so over the whole collection, whatever a line says', async () => {
    const tick = (sda: number, sdb: number) => ({ ...disk('sda', sda), ...disk('sdb', sdb) });
    expect(await ratesOf(series(tick(0, 0), tick(9000, 10), tick(9000, 1000)))).toBe('0 0 NA NA');
  });

  test('is not what was reset: its counters fell', async () => {
    const tick = (sda: number, sdb: number) => ({ ...disk('sda', sda), ...disk('sdb', sdb) });
    expect(await ratesOf(series(tick(1e9, 0), tick(1, 10), tick(2, 20)))).toBe('512 1024 NA NA');
  });

  test('is the first of those that are alike', async () => {
    const tick = (at: number) => ({ ...net('eth0', 100 * at), ...net('ens5', 100 * at) });
    const { directory, files } = await portalOf(series(tick(0), tick(1)));
    expect(readdirSync(directory)).toHaveLength(1);
    expect(files[0]?.fields.at(-1)?.description).toContain('(eth0)');
  });

  test.each([
    [['lo', 'eth0', 'docker0', 'br-7a0b', 'veth12ab', 'cali1', 'flannel.1', 'tun0', 'wg0', 'virbr0'], ['eth0']],
    [
      ['lo', 'bond0', 'eno1', 'enp3s0f1', 'bond0.100', 'team0', 'wlp2s0', 'ib0'],
      ['eno1', 'enp3s0f1', 'wlp2s0', 'ib0'],
    ],
    [
      ['lo', 'ens33', 'usb0', 'wwan0', 'eth0:1'],
      ['ens33', 'usb0', 'wwan0'],
    ],
    [
      ['lo', 'br0', 'tap1'],
      ['br0', 'tap1'],
    ],
    [['lo'], []],
  ])('interface is one of hardware: of %j, %j', (names, physical) => {
    expect(physicalInterfaces(names, undefined)).toEqual(physical);
  });

  test('interface is what the header says has a driver', async () => {
    const interfaces = [{ name: 'weird0', driver: 'e1000' }, { name: 'eth0' }];
    const tick = (at: number) => ({ ...host(at), ...net('eth0', 900 * at), ...net('weird0', 100 * at) });
    const samples = [0, 1].map((at) => sample(START + 10 * at, tick(at), { run: 'r', seq: at }));
    expect(await ratesOf([header('r', { host: { interfaces } }), ...samples])).toBe('NA NA 10 30');
  });
});

describe('--disk and --iface', () => {
  const tick = (at: number) => ({ ...disk('sda', 100 * at), ...disk('sda1', at), ...net('lo', at), ...net('eth0', 0) });

  test('choose any device', async () => {
    expect(await ratesOf(series(tick(0), tick(100)), { disk: 'sda1', iface: 'lo' })).toBe('5120 10240 10 30');
  });

  test.each([
    [{ disk: 'sdz' }, 'the collection has no disk sdz', 'It has sda, sda1.'],
    [{ iface: 'eth9' }, 'the collection has no network interface eth9', 'It has lo, eth0.'],
  ])('of a device that is not there tell which ones are: %j', async (options, message, hint) => {
    await expect(portalOf(series(tick(0), tick(1)), options)).rejects.toMatchObject({ message, hint });
  });

  test('leave the cells of one of several machines empty that has no such device', async () => {
    const lines = ['a', 'b'].flatMap((machine) =>
      [0, 1].map((at) =>
        sample(START + at, { ...host(at), ...disk(machine === 'a' ? 'sda' : 'vda', at) }, { machine }),
      ),
    );
    const { directory, files } = await portalOf(lines, { disk: 'sda' });
    expect(files.map(({ path, na }) => [path, na])).toEqual([
      ['a_performance.csv', 2],
      ['b_performance.csv', 4],
    ]);
    expect(readdirSync(directory).sort()).toEqual(['a_performance.csv', 'b_performance.csv']);
  });
});

test('there is no line where CPU or memory is unknown, and the reason is told', async () => {
  const lines = [
    ...[0, 1].map((at) => sample(START + at, { ...host(at), ...disk('sda', at) })),
    sample(START + 2, { ...disk('sda', 2) }),
    sample(START + 3, { ...host(3), ...disk('sda', 1) }),
    sample(START + 4, { ...host(1), ...disk('sda', 1) }),
  ];
  const { directory, noted, files } = await portalOf(lines);
  const csv = readCsv(join(directory, 'm_performance.csv'));
  expect(csv.column('timestamp')).toEqual([START + 1, START + 3].map(String));
  expect(csv.column('disk_read_bytes')).toEqual(['512', 'NA']);
  expect(
    noted.filter(({ column }) => column === '').map(({ timestamp, reason }) => [timestamp - START, reason]),
  ).toEqual([
    ...[
      [0, 'first'],
      [2, 'absent'],
      [4, 'reset'],
    ],
  ]);
  expect(files).toMatchObject([{ rows: 2, na: 6, machine: 'm' }]);
});
