/**
 * A host that there is not, second by second: the 300 fields of the fleet's machines, and each moves as its kind does on
 * a host at work. Two processors fill their ticks, traffic goes up and down, memory wanders, what counts errors stands
 * still: in most seconds about half of the counters do. The same every time.
 */
import type { Fields } from '../../../packages/procfs/src/index.ts';
import { type FleetField, fleetFields } from '../ingest/fleet-fields.ts';
import { seededRandom } from '../ingest/random.ts';

type Random = () => number;

const CPUS = ['cpu0', 'cpu1'];
const TICKS = 100;
/** Which part of its ticks a processor has spent how until now. */
const SPENT: Readonly<Record<string, number>> = { user: 0.35, system: 0.08, idle: 0.54, iowait: 0.02, softirq: 0.01 };
/** How busy the host is, slowly: one wave in about 17 minutes. */
const WAVE_SECONDS = 1000;
/** Since it was started: what its counters stand at. */
const UPTIME_SECONDS = 30 * 86_400;

/** Counters that move in every second, and those that do in some; the others stand still. */
const ALWAYS = [
  /^stat_(intr|ctxt|processes|softirq|softirq_(timer|net_rx|block|sched|rcu))$/,
  /^pressure_(cpu|io)_some_total_us$/,
  /^disk_vda_(reads|read_sectors|read_ms|writes|writes_merged|write_sectors|write_ms|io_ms|weighted_io_ms)$/,
  /^net_\w+_(bytes|packets)$/,
  /^(tcp|udp)_(active_opens|passive_opens|in_segs|out_segs|in_datagrams|out_datagrams)$/,
  /^softnet\d_processed$/,
  /^ipext_(in_octets|out_octets|in_no_ect_pkts)$/,
  /^vm_(numa_hit|numa_local|nr_dirtied|nr_written|pgpgin|pgpgout|pgalloc_normal|pgfree|pagefault|pgreuse|pgactivate)$/,
  /^tcpext_(tw|delayed_acks|tcp_hp_hits|tcp_pure_acks|tcp_delivered|tcp_orig_data_sent|tcp_keep_alive)$/,
];
const SOMETIMES = [
  /^stat_softirq_(net_tx|tasklet|hrtimer)$/,
  /^pressure_\w+_total_us$/,
  /^disk_vda_|^disk_vdb_(reads|read_sectors|read_ms|writes|write_sectors|write_ms|io_ms|weighted_io_ms)$/,
  /^net_\w+_rx_multicast$/,
  /^tcp_(attempt_fails|estab_resets|retrans_segs|out_rsts)$/,
  /^vm_(majorfault|pgalloc_dma|pgrefill|pgsteal_kswapd|pgscan_kswapd|slabs_scanned|thp_fault_alloc|pgrotated)$/,
  /^tcpext_(tw_recycled|delayed_ack_lost|tcp_loss_probes|tcp_timeouts)$/,
];
/** What is no counter and never changes. */
const FIXED = /total$|size$|btime|_max|swap|huge|directmap|limit|vmalloc|threshold|mlock|percpu|raw|frag|rps|orphan/;
const FAST: readonly (readonly [name: RegExp, each: number])[] = [
  [/bytes$|octets$/, 300_000],
  [/sectors$/, 4000],
  [/_us$/, 20_000],
  [/packets$|segs$|ctxt|intr|pg|numa|pagefault/, 1500],
];

/** One value over time. */
interface Track {
  readonly field: FleetField;
  /** How likely it moves in a second, and about how far. */
  readonly chance: number;
  readonly step: number;
  value: number;
}

/** Fields of one second after the other, without end. */
export function* busyHost(seed: number): Generator<Fields> {
  const random = seededRandom(seed);
  const tracks = fleetFields().map((field) => beginTrack(field, random));
  const byName = new Map(tracks.map((track) => [track.field.name, track]));
  for (let second = 0; ; second++) {
    const load = loadAt(second, random);
    for (const track of tracks) advance(track, load, random);
    fillTicks(byName, load, random);
    yield Object.fromEntries(tracks.map(({ field, value }) => [field.name, value]));
  }
}

function beginTrack(field: FleetField, random: Random): Track {
  const { name, isCounter, decimals } = field;
  if (decimals > 0) return { field, chance: gaugeChance(name), step: 1, value: rounded(random() * 2) };
  if (!isCounter) return { field, chance: gaugeChance(name), step: 200, value: Math.round(10 ** (2 + random() * 5)) };
  const [chance, step] = [counterChance(name), counterStep(name) * (0.2 + random())];
  return { field, chance, step, value: Math.round(chance * step * UPTIME_SECONDS) + ticksUntilNow(name) };
}

function ticksUntilNow(name: string): number {
  const [, cpu = '', stat = ''] = /^cpu(\d*)_(\w+)$/.exec(name) ?? [];
  return (SPENT[stat] ?? 0) * TICKS * UPTIME_SECONDS * (cpu === '' ? CPUS.length : 1);
}

function counterChance(name: string): number {
  if (/^cpu/.test(name)) return 0; // they have their own way
  if (ALWAYS.some((pattern) => pattern.test(name))) return 1;
  return SOMETIMES.some((pattern) => pattern.test(name)) ? 0.5 : 0;
}

function counterStep(name: string): number {
  return FAST.find(([pattern]) => pattern.test(name))?.[1] ?? 60;
}

/** The kernel works averages out every two seconds, and the load every five. */
function gaugeChance(name: string): number {
  if (FIXED.test(name)) return 0;
  if (/^loadavg/.test(name)) return 0.2;
  return /_avg\d+$/.test(name) ? 0.5 : 0.7;
}

/** From 0 to 1: a slow wave with bursts on it. */
function loadAt(second: number, random: Random): number {
  const wave = 0.35 + 0.25 * Math.sin((2 * Math.PI * second) / WAVE_SECONDS);
  return Math.min(1, wave + 0.4 * random() ** 3);
}

function advance(track: Track, load: number, random: Random): void {
  if (track.chance === 0 || random() >= track.chance) return;
  const { field, step } = track;
  if (field.decimals > 0) track.value = rounded(track.value * 0.9 + load * random());
  else if (field.isCounter) track.value += 1 + Math.floor(2 * step * load * random());
  else track.value = Math.max(0, track.value + Math.round(step * (random() - 0.5)));
}

/** Each processor's second is all of its kinds of time; the first line of /proc/stat is their sum. */
function fillTicks(tracks: ReadonlyMap<string, Track>, load: number, random: Random): void {
  for (const cpu of CPUS) {
    for (const [stat, count] of Object.entries(ticksOfASecond(load, random))) {
      for (const device of [cpu, 'cpu']) {
        const track = tracks.get(`${device}_${stat}`);
        if (track) track.value += count;
      }
    }
  }
}

function ticksOfASecond(load: number, random: Random): Readonly<Record<string, number>> {
  const [softirq, iowait] = [Math.round(random()), Math.round(2 * random() * load)];
  const busy = Math.min(Math.round(TICKS * load * (0.6 + 0.4 * random())), TICKS - softirq - iowait);
  const system = Math.round(busy * 0.3 * random());
  return { user: busy - system, system, softirq, iowait, idle: TICKS - busy - softirq - iowait };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
