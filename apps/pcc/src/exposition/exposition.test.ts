import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseLine, type Sample } from '@perfcollector/collection';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPcc, startPcc } from '../test-run.ts';
import { parseListenAddress } from './address.ts';
import { expose } from './exposition.ts';

function sampleOf(fields: Sample['fields']): Sample {
  return { timestamp: 1704067210.5, fields };
}

/** `name{labels} value` lines by series. */
function seriesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('a sample for Prometheus', () => {
  test("has node_exporter's names and units where it has one", () => {
    const text = expose(
      sampleOf({
        cpu_user: 1000,
        cpu0_user: 1000,
        cpu0_guest: 50,
        mem_total: 2048,
        mem_active_anon: 8,
        mem_hugepages_total: 3,
        disk_sda_read_sectors: 10,
        disk_sda_read_ms: 1500,
        net_eth0_rx_bytes: 7,
        'fs_/srv/"a"_block_size': 4096,
        'fs_/srv/"a"_blocks_total': 10,
        'fs_/srv/"a"_blocks_available': 5,
        loadavg_1min: 0.5,
        vm_pagefault: 12,
        stat_ctxt: 99,
        tcp_retrans_segs: 4,
        ip6_in_octets: 5,
        tcpext_listen_drops: 6,
        sockstat_tcp_mem: 2,
        sockstat6_udp_inuse: 3,
        conntrack_count: 8,
      }),
      { clockTicks: 100, pageSize: 4096, uname: { nodename: 'web01' } },
      'prometheus',
    );
    expect(Object.fromEntries(seriesIn(text))).toStrictEqual({
      'node_cpu_seconds_total{cpu="0",mode="user"}': 10,
      'node_cpu_guest_seconds_total{cpu="0",mode="user"}': 0.5,
      node_memory_MemTotal_bytes: 2_097_152,
      node_memory_Active_anon_bytes: 8192,
      node_memory_HugePages_Total: 3,
      'node_disk_read_bytes_total{device="sda"}': 5120,
      'node_disk_read_time_seconds_total{device="sda"}': 1.5,
      'node_network_receive_bytes_total{device="eth0"}': 7,
      'node_filesystem_size_bytes{mountpoint="/srv/\\"a\\""}': 40_960,
      'node_filesystem_avail_bytes{mountpoint="/srv/\\"a\\""}': 20_480,
      'pcc_fs_block_size{device="/srv/\\"a\\""}': 4096,
      'pcc_fs_blocks_total{device="/srv/\\"a\\""}': 10,
      'pcc_fs_blocks_available{device="/srv/\\"a\\""}': 5,
      node_load1: 0.5,
      node_vmstat_pgfault: 12,
      node_context_switches_total: 99,
      node_netstat_Tcp_RetransSegs: 4,
      node_netstat_Ip6_InOctets: 5,
      node_netstat_TcpExt_ListenDrops: 6,
      node_sockstat_TCP_mem: 2,
      node_sockstat_TCP_mem_bytes: 8192,
      node_sockstat_UDP6_inuse: 3,
      node_nf_conntrack_entries: 8,
      'node_uname_info{nodename="web01"}': 1,
      node_time_seconds: 1704067210.5,
      pcc_sample_timestamp_seconds: 1704067210.5,
    });
  });

  test('has the series of a metric together, with one help and one type before them', () => {
    const text = expose(
      sampleOf({ disk_sda_reads: 1, disk_sda_writes: 2, disk_sdb_reads: 3, disk_sdb_writes: 4 }),
      { clockTicks: undefined },
      'prometheus',
    );
    expect(text.split('\n').slice(0, 4)).toStrictEqual([
      '# HELP node_disk_reads_completed_total Reads completed.',
      '# TYPE node_disk_reads_completed_total counter',
      'node_disk_reads_completed_total{device="sda"} 1',
      'node_disk_reads_completed_total{device="sdb"} 3',
    ]);
  });

  test('has no seconds of CPU time where the length of a tick is unknown', () => {
    const text = expose(sampleOf({ cpu0_user: 1000 }), { clockTicks: undefined }, 'prometheus');
    expect(text).not.toContain('node_cpu');
  });

  test('calls counters without _total in OpenMetrics, and ends', () => {
    const text = expose(sampleOf({ stat_ctxt: 99, vm_pagefault: 1 }), { clockTicks: 100 }, 'openmetrics');
    expect(text).toContain('# TYPE node_context_switches counter\nnode_context_switches_total 99\n');
    expect(text).toContain('# TYPE node_vmstat_pgfault unknown\n');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  test('keeps the digits of a count above 2^53', () => {
    const text = expose(sampleOf({ stat_ctxt: '18446744073709551615' }), { clockTicks: 100 }, 'prometheus');
    expect(text).toContain('node_context_switches_total 18446744073709551615\n');
  });
});

describe('an address to listen on', () => {
  test.each([
    ['127.0.0.1:9100', '127.0.0.1', 9100, true],
    ['[::1]:9100', '::1', 9100, true],
    ['localhost:0', 'localhost', 0, true],
    [':9100', undefined, 9100, false],
    ['0.0.0.0:9100', '0.0.0.0', 9100, false],
    ['[2001:db8::1]:80', '2001:db8::1', 80, false],
  ])('%s', (text, host, port, isLoopback) => {
    expect(parseListenAddress(text)).toMatchObject({ host, port, isLoopback });
  });

  test.each(['', '9100', '127.0.0.1', '::1:9100', 'a b:1', ':65536', 'http://x:1'])('is not %j', (text) => {
    expect(() => parseListenAddress(text)).toThrow(/is no address to listen on; expected one such as 127.0.0.1:9100/);
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('pcc --listen', () => {
  test('serves its last sample', async () => {
    const pcc = startPcc(['--listen', '127.0.0.1:0', '--frequency', '100ms', '--collection', '/dev/null']);
    const [, address] = await pcc.stderrMatching(/the last sample is at (\S+)\/metrics/);
    let answer = await fetch(`${address}/metrics`);
    while (answer.status === 503) answer = await fetch(`${address}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(seriesIn(await answer.text()).get('node_context_switches_total')).toBeGreaterThan(1000);
    expect((await fetch(`${address}/other`)).status).toBe(404);
    expect((await fetch(`${address}/metrics`, { method: 'POST' })).status).toBe(405);
    const open = await fetch(`${address}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(await pcc.stop()).toBe(0);
  });

  test('says what is wrong with the address', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const path = join(mkdtempSync(join(tmpdir(), 'pcc-listen-')), 'c.json');
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    const { code, stderr } = await runPcc(['--listen', `127.0.0.1:${port}`, '--collection', path]);
    expect(code).toBe(1);
    expect(existsSync(path)).toBe(false);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}: the address is in use`);
    blocker.close();
  });

  test.skipIf(!existsSync('/usr/bin/prometheus-node-exporter') && !process.env.CI)(
    'says of this host what node_exporter says, under the same names',
    async () => {
      const port = await freePort();
      const exporter = spawn('/usr/bin/prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`], {
        stdio: 'ignore',
      });
      try {
        const theirs = seriesIn(await getWhenThere(`http://127.0.0.1:${port}/metrics`));
        const { stdout } = await runPcc(['once', '--json', '--include', 'all']);
        const parsed = parseLine(stdout);
        const ours = seriesIn(expose(parsed.value as Sample, { clockTicks: 100 }, 'prometheus'));
        const shared = [...ours.keys()].filter((name) => theirs.has(name));
        for (const family of [
          'node_cpu_seconds_total',
          'node_memory_',
          'node_network_receive',
          'node_vmstat_',
          'node_netstat_Tcp_',
          'node_sockstat_',
          'node_load',
        ])
          expect(shared.filter((name) => name.startsWith(family)).length, family).toBeGreaterThan(0);
        for (const name of ['node_memory_MemTotal_bytes', 'node_boot_time_seconds'])
          expect(ours.get(name), name).toBe(theirs.get(name));
        const isNear = (name: string) =>
          Math.abs((ours.get(name) ?? 0) - (theirs.get(name) ?? 0)) <= 0.5 * (theirs.get(name) ?? 0) + 10;
        const counters = shared.filter((name) => name.includes('_total') && !/softnet|schedstat/.test(name));
        expect(counters.filter((name) => !isNear(name))).toStrictEqual([]);
        const strangers = [...ours.keys()].filter((name) => name.startsWith('node_') && !theirs.has(name));
        // Filters and mount labels of theirs differ; apart from that a node_ name of ours is one of theirs.
        expect(
          strangers.filter((name) => !/node_(filesystem|disk|network|netstat|vmstat|memory)_/.test(name)),
        ).toStrictEqual([]);
      } finally {
        exporter.kill();
        await once(exporter, 'exit');
      }
    },
  );
});

async function getWhenThere(url: string): Promise<string> {
  for (let left = 100; left > 0; left -= 1) {
    const text = await fetch(url).then(
      (answer) => answer.text(),
      () => undefined,
    );
    if (text !== undefined) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing answers at ${url}`);
}
