import type { Header } from '@perfcollector/collection';
import { openHost, readHostFacts } from '@perfcollector/procfs';
import { bytes, percent } from '../readings/format.ts';
import { parseTick } from '../readings/parse-tick.ts';
import { readingsOf } from '../readings/readings.ts';
import type { Ended } from './child.ts';

export interface Usage {
  readonly command: string;
  readonly ended: Ended;
  readonly header: Header;
  /** The lines of the samples right before and right after it; undefined where the host was not sampled to the end. */
  readonly samples: { readonly first: Uint8Array; readonly last: Uint8Array } | undefined;
}

/** What a command used, and what the host did meanwhile, as lines for a person. What is not known is left out. */
export function usageText({ command, ended, header, samples }: Usage): string {
  const rows = [
    ['CPU time', cpuTime(ended)],
    ['memory', memory(ended)],
    ['host', samples && hostUsage(samples, header)],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const head = `pcc: ${command} ended with ${ended.exitCode} after ${(ended.elapsedMs / 1000).toFixed(2)} s\n`;
  return head + known.map(([name, text]) => `  ${name.padEnd(10)}${text}\n`).join('');
}

/** The ticks are those of this kernel, whichever host is sampled. */
function cpuTime({ time }: Ended): string | undefined {
  const { clock_ticks: ticks } = readHostFacts(openHost());
  if (ticks === undefined) return undefined;
  const seconds = (count: number) => `${(count / ticks).toFixed(2)} s`;
  return `user ${seconds(time.user)}, system ${seconds(time.system)}, of it and its descendants that were waited for`;
}

function memory({ peakMemory }: Ended): string | undefined {
  return peakMemory === undefined
    ? undefined
    : `${bytes(peakMemory * 1024)} at its peak, as far as seen; its first process alone`;
}

function hostUsage({ first, last }: NonNullable<Usage['samples']>, { interval, host }: Header): string | undefined {
  const [before, now] = [parseTick(first), parseTick(last)];
  if (!before || !now) return undefined;
  const read = readingsOf({ interval, clockTicks: host.clock_ticks, cpus: host.cpus })(before, now);
  const { seconds } = read;
  if (seconds === undefined) return undefined;
  const total = (rate: number | undefined) => bytes(rate === undefined ? undefined : rate * seconds);
  const disks = `disks ${total(read.diskRead)} read and ${total(read.diskWritten)} written`;
  const network = `network ${total(read.netReceived)} received and ${total(read.netSent)} sent`;
  return `CPU busy ${percent(read.cpuBusy)} on average, ${disks}, ${network}`;
}
