import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { hostDenying, type TestRoot, testRoot, UNREADABLE } from '../../test-root.ts';
import { plainSettings } from '../../test-sampling.ts';
import type { Fields, HostReader, OpenSource } from '../../types.ts';
import { processesSource } from './index.ts';

interface Made {
  readonly comm?: string;
  readonly start?: number;
  readonly utime?: number;
  readonly stime?: number;
  readonly pages?: number;
  readonly uid?: string;
}

function putProcess(host: TestRoot, pid: number, made: Made): void {
  const { comm = `p${pid}`, start = pid, utime = 0, stime = 0, pages = 0, uid = '0' } = made;
  const escaped = comm.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const rss = pages > 0 ? `VmRSS:\t    ${pages * 4} kB\n` : '';
  host.put(
    `/proc/${pid}/stat`,
    `${pid} (${comm}) S 1 1 1 0 -1 0 0 0 0 0 ${utime} ${stime} 5 5 20 0 3 0 ${start} 999 ${pages} 18446744073709551615 0\n`,
  );
  host.put(
    `/proc/${pid}/status`,
    `Name:\t${escaped}\nState:\tS (sleeping)\nUid:\t4\t${uid}\t4\t4\n${rss}Threads:\t3\n`,
  );
}

/** The source on a host, tick by tick. */
function ticking(host: HostReader, settings: Partial<typeof plainSettings> = {}) {
  const open = processesSource.open?.(host, { ...plainSettings, top: 2, ...settings }) as OpenSource;
  const problems: string[] = [];
  const tick = async (): Promise<Fields> => {
    const collector = new FieldCollector();
    await open.sample(collector, (problem) => problems.push(problem));
    return collector.fields;
  };
  return { tick, problems, close: () => open.close() };
}

/** `1.1` and the like, in the order in which they were put. */
function shown(fields: Fields): string[] {
  return [...new Set(Object.keys(fields).map((name) => /^process_([\d.]+)_/.exec(name)?.[1] ?? name))];
}

describe('the largest processes', () => {
  test('are at first those with the most memory, for nothing is known of the time before', async () => {
    const host = testRoot();
    putProcess(host, 1, { utime: 100_000, pages: 10 });
    putProcess(host, 2, { pages: 30 });
    putProcess(host, 3, { pages: 20 });
    putProcess(host, 4, { utime: 5 });
    const fields = await ticking(openHost(host.root)).tick();
    expect(shown(fields)).toStrictEqual(['2.2', '3.3']);
    expect(Object.keys(fields).filter((name) => name.endsWith('_interval_ticks'))).toStrictEqual([]);
  });

  test('are then those that used the most time since, and those with the most memory, each once', async () => {
    const host = testRoot();
    for (const pid of [1, 2, 3, 4, 5]) putProcess(host, pid, { utime: 1000 * pid, pages: pid });
    const { tick } = ticking(openHost(host.root));
    await tick();
    putProcess(host, 1, { utime: 1004, stime: 3, pages: 1 });
    putProcess(host, 5, { utime: 5009, pages: 5 });
    putProcess(host, 2, { utime: 2001, pages: 2 });
    const fields = await tick();
    expect(shown(fields)).toStrictEqual(['5.5', '1.1', '4.4']);
    expect(fields).toMatchObject({
      'process_1.1_interval_ticks': 7,
      'process_1.1_cpu_ticks': 1007,
      'process_1.1_utime': 1004,
      'process_1.1_stime': 3,
      'process_4.4_interval_ticks': 0,
    });
  });

  test('count a new one from its start, also where it has the number of one that has gone', async () => {
    const host = testRoot();
    putProcess(host, 7, { start: 100, utime: 5000, pages: 1 });
    putProcess(host, 8, { start: 200, pages: 1 });
    const { tick } = ticking(openHost(host.root));
    await tick();
    putProcess(host, 7, { start: 300, utime: 40 });
    host.remove('/proc/8');
    putProcess(host, 9, { start: 301, utime: 50 });
    expect(await tick()).toMatchObject({ 'process_7.300_interval_ticks': 40, 'process_9.301_interval_ticks': 50 });
    expect(shown(await tick())).toStrictEqual([]);
  });

  test('do not count the whole life of an old one that could not be seen before', async () => {
    const host = testRoot();
    putProcess(host, 7, { start: 100, pages: 1 });
    const { tick } = ticking(openHost(host.root));
    await tick();
    putProcess(host, 3, { start: 50, utime: 9000 });
    expect(shown(await tick())).toStrictEqual(['7.100']);
    putProcess(host, 3, { start: 50, utime: 9001 });
    expect(await tick()).toMatchObject({ 'process_3.50_interval_ticks': 1 });
  });

  test('have the fields that can be read, and no others', async () => {
    const host = testRoot({
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/:/bin/false\nalias:x:33:33::/:\n',
      '/proc/7/io':
        'rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 9007199254740993\nwrite_bytes: 6\ncancelled_write_bytes: 7\n',
      '/proc/7/cmdline': 'web\0--password=x\0\0',
    });
    putProcess(host, 7, { comm: 'a) (b\nc\\d', start: 99, utime: 3, stime: 4, pages: 25, uid: '33' });
    putProcess(host, 8, { pages: 1, uid: '4294967294' });
    const fields = await ticking(openHost(host.root)).tick();
    expect(fields).toStrictEqual({
      'process_7.99_comm': 'a) (b\nc\\d',
      'process_7.99_user': 'web',
      'process_7.99_state': 'S',
      'process_7.99_start_ticks': 99,
      'process_7.99_cpu_ticks': 7,
      'process_7.99_utime': 3,
      'process_7.99_stime': 4,
      'process_7.99_threads': 3,
      'process_7.99_rss': 100,
      'process_7.99_read_bytes': '9007199254740993',
      'process_7.99_write_bytes': 6,
      'process_8.8_comm': 'p8',
      'process_8.8_user': '4294967294',
      'process_8.8_state': 'S',
      'process_8.8_start_ticks': 8,
      'process_8.8_cpu_ticks': 0,
      'process_8.8_utime': 0,
      'process_8.8_stime': 0,
      'process_8.8_threads': 3,
      'process_8.8_rss': 4,
    });
    expect(JSON.stringify(fields)).not.toContain('password');
  });

  test('have their command lines where they were asked for, and no more than 4 KiB of them', async () => {
    const host = testRoot({ '/proc/7/cmdline': 'web\0-p\0x y\0', '/proc/8/cmdline': `${'é'.repeat(5000)}\0` });
    for (const pid of [7, 8]) putProcess(host, pid, { pages: 1 });
    host.put('/proc/9/cmdline', ''); // a kernel thread
    putProcess(host, 9, { pages: 2 });
    const fields = await ticking(openHost(host.root), { cmdline: true, top: 3 }).tick();
    expect(fields['process_7.7_cmdline']).toBe('web -p x y');
    expect(fields['process_8.8_cmdline']).toBe('é'.repeat(2048));
    expect(fields).not.toHaveProperty('process_9.9_cmdline');
  });

  test('are without those that go while they are looked at, and that are not whole', async () => {
    const host = testRoot({
      '/proc/3/stat': '3 (x',
      '/proc/4/status': 'Name:\tx\n',
      '/proc/sys/kernel/ostype': 'Linux\n',
    });
    putProcess(host, 1, { pages: 1 });
    putProcess(host, 2, { pages: 2 });
    host.remove('/proc/2/status');
    const { tick, problems } = ticking(openHost(host.root));
    expect(shown(await tick())).toStrictEqual(['1.1']);
    expect(problems).toStrictEqual([]);
  });

  test('leave out those of others where /proc hides them, which is said once', async () => {
    if (!existsSync(UNREADABLE)) return;
    const host = testRoot();
    const hidden = ['/proc/5/stat', '/proc/6/stat'];
    for (const path of hidden) host.put(path, '');
    putProcess(host, 1, { pages: 1 });
    const { tick, problems } = ticking(hostDenying(host.root, hidden));
    expect(shown(await tick())).toStrictEqual(['1.1']);
    await tick();
    expect(new Set(problems)).toStrictEqual(new Set([expect.stringContaining('hidepid')]));
    expect(problems).toHaveLength(2);
  });

  test('are unavailable without /proc', async () => {
    await expect(ticking(openHost(testRoot().root)).tick()).rejects.toMatchObject({ reason: 'unavailable' });
  });
});

describe('the processes of this host', () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.title = 'tt) S 1 (x'; const kept = Buffer.alloc(9e7, 1); process.stdin.on('data', () => { const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end); process.stdout.write('done'); }); process.stdout.write(String(kept.length));",
  ]);
  const { pid } = child;

  beforeAll(async () => {
    await once(child.stdout, 'data');
  });

  afterAll(async () => {
    child.kill();
    await once(child, 'exit');
  });

  test('are read as ps has them', async () => {
    const { tick, close } = ticking(openHost(), { top: 999 });
    await tick();
    child.stdin.write('go');
    await once(child.stdout, 'data');
    const fields = await tick();
    const [name] = Object.keys(fields).filter((one) => one.startsWith(`process_${pid}.`));
    const device = /^process_[\d.]+/.exec(name ?? '')?.[0];
    expect(fields[`${device}_comm`]).toBe('tt) S 1 (x');
    expect(fields[`${device}_rss`]).toBeGreaterThan(8e4);
    expect(fields[`${device}_interval_ticks`]).toBeGreaterThanOrEqual(20);
    expect(fields[`${device}_user`]).toBe(userInfo().username);
    const start = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];
    expect(device).toBe(`process_${pid}.${start}`);
    close();
  });
});
