/**
 * Queries over the metrics' names that pcd gives the fields of samples in VictoriaMetrics. Every field is checked against
 * the catalogue when a query is made, so that a panel over a field that is none cannot be built.
 *
 * They are MetricsQL: `keep_metric_names` leaves the name on a rate, from which the device is taken.
 */
import { describeField } from '@perfcollector/procfs';

const PREFIX = 'perfcollector_';

/** Whose numbers a panel shows: the machine that is chosen, or every machine of the tenant. */
const ONE = 'tenant="$tenant",machine="$machine"';
const ALL = 'tenant="$tenant"';

/** The window of every rate and last value; Grafana makes it four samples at least. */
const WINDOW = '[$__rate_interval]';

/** The eight shares of CPU time: guests are inside user and nice. */
const CPU_SHARES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];

/** Panels of these groups show the devices that are chosen; those of others show all. */
const CHOICES: Readonly<Record<string, string>> = { disk: `\${disk}`, net: `\${interface}` };

/** How a gauge or the rate of a counter of the machine goes, times a factor. @param name `loadavg_1min` */
export function gauge(name: string, factor = 1): string {
  return times(`max(last_over_time(${PREFIX}${checked(name)}{${ONE}}${WINDOW}))`, factor);
}

export function rate(name: string, factor = 1): string {
  return times(`sum(rate(${PREFIX}${checked(name)}{${ONE}}${WINDOW}))`, factor);
}

/** The share of a whole that something has, in percent of the machine's gauge `whole`, for each machine. */
export function usedOfEach(whole: string, left: string): string {
  const last = (name: string) => `max by (machine) (last_over_time(${PREFIX}${checked(name)}{${ALL}}${WINDOW}))`;
  return `100 * (1 - ${last(left)} / ${last(whole)})`;
}

/** Rates of a device's counter, by device. @param group `disk` @param stat `reads` */
export function rateOf(group: string, stat: string, factor = 1): string {
  return times(byDevice(group, stat, { roll: 'rate', join: 'sum' }), factor);
}

/** A device's gauge, by device. */
function gaugeOf(group: string, stat: string, factor = 1): string {
  return times(byDevice(group, stat, { roll: 'last_over_time', join: 'max' }), factor);
}

/** What one counter grew by for each that another grew by: the mean time of a request. */
export function meanOf(group: string, { total, count }: { total: string; count: string }): string {
  return `${rateOf(group, total)} / (${rateOf(group, count)} > 0)`;
}

/** As df(1) says it: blocks kept for root count neither as used nor as to be had. */
export function fsUsed(): string {
  const [all, free, available] = ['blocks_total', 'blocks_free', 'blocks_available'].map((stat) => gaugeOf('fs', stat));
  return `100 * (1 - ${available} / (${all} - ${free} + ${available}))`;
}

export function inodesUsed(): string {
  return `100 * (1 - ${gaugeOf('fs', 'files_free')} / (${gaugeOf('fs', 'files_total')} > 0))`;
}

/** CPU time by what it went to, in percent of the time of all CPUs. */
export function cpuShares(): string {
  const shares = `rate(${cpuTime(CPU_SHARES, ONE)}${WINDOW})`;
  const named = labelled(`${shares} keep_metric_names`, 'mode', `${PREFIX}cpu_(.+)`);
  return `100 * sum by (mode) (${named}) / on () group_left () sum(${shares})`;
}

/** How busy the CPUs of each machine are, in percent: neither idle nor waiting for I/O. */
export function cpuBusyOfEach(): string {
  const of = (modes: readonly string[]) => `sum by (machine) (rate(${cpuTime(modes, ALL)}${WINDOW}))`;
  return `100 * (1 - ${of(['idle', 'iowait'])} / ${of(CPU_SHARES)})`;
}

/** When something of each machine was sampled last, in seconds before now. */
export function ageOfEach(): string {
  return `time() - max by (machine) (tlast_over_time(perfcollector:seq{${ALL}}[$__range]))`;
}

/** Marks of people and scripts, each once, at the millisecond where they were made. A long text has many parts. */
export function marks(): string {
  const marked = `tlast_over_time(perfcollector:event{${ONE},part=~"1/.+"}[$__interval]) * 1000`;
  return `label_replace(${marked}, "mark", "$1", "text", ".*\\"event\\":\\"((?:[^\\"\\\\\\\\]|\\\\\\\\.)*).*")`;
}

/** What Grafana asks for the devices of the chosen machine, and the pattern that takes them from metrics' names. */
export function devicesOf(group: string, stat: string): { query: string; regex: string } {
  checked(`${group}_any_${stat}`);
  return {
    query: `label_values({__name__=~"${PREFIX}${group}_.+_${stat}",${ONE}}, __name__)`,
    regex: `/^${PREFIX}${group}_(.+)_${stat}$/`,
  };
}

function cpuTime(modes: readonly string[], whose: string): string {
  for (const mode of modes) checked(`cpu_${mode}`);
  return `{__name__=~"${PREFIX}cpu_(${modes.join('|')})",${whose}}`;
}

function byDevice(group: string, stat: string, { roll, join }: { roll: string; join: string }): string {
  checked(`${group}_any_${stat}`);
  const chosen = `{__name__=~"${PREFIX}${group}_${CHOICES[group] ?? '.+'}_${stat}",${ONE}}`;
  const named = labelled(`${roll}(${chosen}${WINDOW}) keep_metric_names`, 'device', `${PREFIX}${group}_(.+)_${stat}`);
  return `${join} by (device) (${named})`;
}

/** Takes a label from the metric's name. */
function labelled(query: string, label: string, pattern: string): string {
  return `label_replace(${query}, "${label}", "$1", "__name__", "${pattern}")`;
}

function times(query: string, factor: number): string {
  return factor === 1 ? query : `${query} * ${factor}`;
}

/** @throws Error where the catalogue has no such field */
function checked(name: string): string {
  if (describeField(name)) return name;
  throw new Error(`BUG: there is no field ${name}`);
}
