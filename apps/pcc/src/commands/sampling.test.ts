import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Header, noDamage, openFile, readCollection, type Sample } from '@perfcollector/collection';
import { describeField } from '@perfcollector/procfs';
import { hostRoot } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPcc } from '../test-run.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sampling-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function collected(...argv: string[]): Promise<{ header: Header; samples: Sample[] }> {
  const path = join(directory, 'c.json');
  const { code, stderr } = await runPcc(['--frequency', '20ms', '--duration', '100ms', '--collection', path, ...argv]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const samples: Sample[] = [];
  let header: Header | undefined;
  for await (const entry of readCollection(openFile(path), noDamage())) {
    if (entry.kind === 'header') header = entry.value;
    if (entry.kind === 'sample') samples.push(entry.value);
  }
  if (!header) throw new Error('there is no header');
  return { header, samples };
}

/** The sources of the fields of one sample. */
async function sourcesSampled(...argv: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runPcc([
    'once',
    '--json',
    '--root',
    hostRoot('ubuntu24.04-6.8-x86_64'),
    ...argv,
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { fields } = JSON.parse(stdout) as Sample;
  return [...new Set(Object.keys(fields).map((name) => describeField(name)?.source.name ?? name))];
}

describe('--sources', () => {
  test('adds to the default and takes away from it', async () => {
    const usual = await sourcesSampled();
    expect(usual).toEqual(expect.arrayContaining(['stat', 'meminfo', 'vmstat', 'pressure', 'net/snmp']));
    expect(usual).not.toContain('interrupts');
    const changed = await sourcesSampled('--sources', '+interrupts,-vmstat');
    expect(changed).toContain('interrupts');
    expect(new Set(changed)).toEqual(new Set([...usual, 'interrupts'].filter((name) => name !== 'vmstat')));
  });

  test('names all that is wanted where a name has no sign', async () => {
    expect(await sourcesSampled('--sources', 'stat, uptime')).toEqual(['stat', 'uptime']);
  });

  test('takes none but its own names', async () => {
    const { code, stderr } = await runPcc(['once', '--sources', '+sttat']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pcc: --sources: there is no source "sttat"; expected stat meminfo /);
  });
});

describe('noise', () => {
  const NOISY = ['7 0 loop0', '1 0 ram0', '252 0 zram0', '8 0 sda'];
  const LINE = ' 1 2 3 4 5 6 7 8 9 10 11\n';
  let root: string;
  beforeEach(() => {
    root = join(directory, 'host');
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    put('proc/diskstats', NOISY.map((device) => device + LINE).join(''));
    put('proc/net/dev', 'a|\nb|\n  eth0: 1\nveth12ab: 2\n');
  });

  async function fieldsOf(...argv: string[]): Promise<string[]> {
    const { stdout } = await runPcc(['once', '--json', '--root', root, ...argv]);
    return Object.keys((JSON.parse(stdout) as Sample).fields).filter((name) => /_(reads|rx_bytes)$/.test(name));
  }

  test('is left out', async () => {
    expect(await fieldsOf()).toEqual(['disk_sda_reads', 'net_eth0_rx_bytes']);
  });

  test.each([
    ['loop', 'disk_loop0_reads'],
    ['ram', 'disk_ram0_reads'],
    ['zram', 'disk_zram0_reads'],
    ['veth', 'net_veth12ab_rx_bytes'],
  ])('of the kind %s comes back when it is asked for', async (kind, field) => {
    expect(new Set(await fieldsOf('--include', kind))).toEqual(new Set(['disk_sda_reads', 'net_eth0_rx_bytes', field]));
  });

  test('all comes back with all', async () => {
    expect(await fieldsOf('--include', 'all')).toHaveLength(6);
  });

  test('is said in the header', async () => {
    expect((await collected()).header.left_out).toEqual([
      'loop',
      'ram',
      'zram',
      'veth',
      'overlay',
      'tmpfs',
      'squashfs',
    ]);
    expect((await collected('--include', 'loop,veth')).header.left_out).not.toContain('loop');
  });
});

describe("the agent's own fields", () => {
  test('tell what its ticks cost and how late they were', async () => {
    const { samples } = await collected();
    const [first, ...later] = samples.map(({ fields }) => fields);
    expect(first).toMatchObject({
      pcc_late_ms: expect.any(Number),
      pcc_read_bytes: expect.any(Number),
      pcc_missed_ticks: 0,
    });
    expect(first).not.toHaveProperty('pcc_tick_cpu_us'); // there is no tick before it
    for (const fields of later) {
      expect(fields.pcc_tick_cpu_us).toBeGreaterThan(0);
      expect(fields.pcc_tick_wall_us).toBeGreaterThan(0);
      expect(fields.pcc_read_bytes).toBeGreaterThan(1000);
    }
    const cpu = samples.map(({ fields }) => Number(fields.pcc_cpu_us));
    expect(cpu).toEqual([...cpu].sort((a, b) => a - b));
  });

  test('are all in the catalogue', async () => {
    const { samples } = await collected();
    const own = Object.keys(samples.at(-1)?.fields ?? {}).filter((name) => name.startsWith('pcc_'));
    expect(own).toHaveLength(10);
    expect(own.filter((name) => describeField(name)?.source.name !== 'pcc')).toEqual([]);
  });
});

describe('pcc sources', () => {
  test('tells of each source whether it is there, how many fields it has and what it takes', async () => {
    const { code, stdout } = await runPcc(['sources', '--json']);
    expect(code).toBe(0);
    const reports = JSON.parse(stdout) as {
      name: string;
      sampled: boolean;
      microseconds?: number;
      fields: unknown[];
    }[];
    const uptime = reports.find(({ name }) => name === 'uptime');
    expect(uptime).toMatchObject({ sampled: true, microseconds: expect.any(Number) });
    expect(uptime?.fields).toHaveLength(2);
    expect(reports.find(({ name }) => name === 'interrupts')).toMatchObject({ sampled: false });
  });

  test('says why a source is not available', async () => {
    mkdirSync(join(directory, 'proc'));
    writeFileSync(join(directory, 'proc/uptime'), '12.34 56.78\n');
    const { code, stdout } = await runPcc(['sources', '--root', directory]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^stat +yes +0 +- +cannot read .*\/proc\/stat: ENOENT$/m);
  });

  test('shows the fields of one with unit, kind and meaning', async () => {
    const { stdout } = await runPcc(['sources', 'uptime']);
    expect(stdout).toMatch(/^uptime: 2 fields$/m);
    expect(stdout).toMatch(/^uptime_idle +[\d.]+ +seconds +counter +Idle time of all CPUs added up\.$/m);
  });

  test('refuses a name that no source has', async () => {
    const { code, stderr } = await runPcc(['sources', 'sttat']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'pcc: there is no source "sttat"\n  See pcc sources.\n' });
  });
});

describe('--format raw', () => {
  test("records perfcollector2's lines, which make the same sample as our own", async () => {
    const root = join(directory, 'host');
    cpSync(hostRoot('centos7-3.10-x86_64'), root, { recursive: true });
    const path = join(directory, 'raw.json');
    const { code } = await runPcc([
      '--format',
      'raw',
      '--frequency',
      '1s',
      '--duration',
      '1s',
      '--root',
      root,
      '--collection',
      path,
    ]);
    expect(code).toBe(0);
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ subsystem }) => subsystem)).toEqual([
      '/proc/stat',
      '/proc/meminfo',
      '/proc/diskstats',
      '/proc/net/dev',
      'container/docker/c7d0e1f2a3b4',
      '/proc/cpuinfo',
    ]);
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['timestamp', 'subsystem', 'measurement']);
      expect(Number.isInteger(line.timestamp)).toBe(true);
      // A container's line is made of many files.
      if (String(line.subsystem).startsWith('/'))
        expect(line.measurement).toBe(readFileSync(`${root}${line.subsystem}`, 'utf8'));
    }
  });

  test.each([
    [['--mode', 'trickle'], /raw lines are written to a file, not sent/],
    [['--frequency', '500ms'], /an interval of 500ms is too fine for raw lines/],
    [['--listen', '127.0.0.1:0'], /raw lines are no samples to be served/],
  ])('cannot be had with %j', async (argv, message) => {
    const { code, stderr } = await runPcc(['--format', 'raw', ...argv]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
