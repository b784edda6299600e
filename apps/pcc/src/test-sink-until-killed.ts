/**
 * For the test of crashes: run as a program it opens a local sink and adds sample after sample, and says each number when
 * the sink has taken it. It goes on until it is killed.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { createLog } from '@perfcollector/cli';
import { encodeLine, type Header, type Sample } from '@perfcollector/collection';
import type { Durability } from './durability.ts';
import { LocalSink } from './local-sink.ts';
import { rotateOption } from './rotation.ts';

export const START = 1_767_982_248;

export function headerOf(run: string): Header {
  const host = { hostname: 'h', cpus: 1, clock_ticks: 100 };
  return { collection: 1, run, identifier: 'web01', started: START, interval: 1, host, agent: 'pcc 1.0.0', labels: {} };
}

export function numberedSample(run: string, seq: number): Sample {
  const fields = { cpu_user: 3 * seq, cpu_idle: 7 * seq, net_eth0_rx_bytes: seq * 7919, filler: 'x'.repeat(500) };
  return { timestamp: START + seq, run, seq, tags: { machine_id: 'web01' }, fields };
}

export function openSink(path: string, run: string, { fsync, rotate }: { fsync?: Durability; rotate?: string } = {}) {
  const rotation = rotate === undefined ? undefined : rotateOption.parse(rotate);
  const log = createLog('pcc', 'info', process.stderr);
  return new LocalSink({ path, header: headerOf(run), durability: fsync ?? 'interval', rotation, log });
}

async function addForever(path: string, first: number, rotate: string | undefined): Promise<void> {
  const run = `run-${first}`;
  const sink = openSink(path, run, rotate === undefined ? {} : { rotate });
  for (let seq = first; ; seq++) {
    sink.add(Buffer.from(encodeLine(numberedSample(run, seq))), 'sample');
    process.stdout.write(`${seq}\n`);
    await turn();
  }
}

if (import.meta.main) await addForever(process.argv[2] ?? '', Number(process.argv[3]), process.argv[4]);
