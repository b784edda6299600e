/**
 * Machines that there are not, with values as real ones have them. In the recordings of real machines 8 to 18 in a hundred
 * values differ from the sample before: three quarters of the fields never move, some move now and then, and a tenth in
 * every sample. The mix here is that one; the same seed gives the same machine.
 */
import type { Header } from '../../../packages/collection/src/index.ts';
import type { Fields } from '../../../packages/procfs/src/index.ts';
import { type FleetField, fleetFields } from './fleet-fields.ts';
import type { Machine } from './machine.ts';
import { seededRandom } from './random.ts';

export const INTERVAL_SECONDS = 10;

export interface Span {
  /** Unix seconds of the first sample. */
  readonly from: number;
  readonly samples: number;
  /** The machine was off for a while, after so many samples. */
  readonly pause?: { readonly after: number; readonly seconds: number };
}

type Random = () => number;

/** How a field goes on: how likely it moves in a sample, and how far. */
interface Motion {
  readonly chance: number;
  readonly step: number;
}

/** Parts of all fields, and how likely such a field moves in a sample. */
const MIX: readonly (readonly [part: number, chance: number])[] = [
  [0.7, 0],
  [0.08, 0.02],
  [0.11, 0.3],
  [0.11, 1],
];

/** One value over time. */
interface Track {
  readonly field: FleetField;
  readonly motion: Motion;
  value: number;
}

export function generateMachine(seed: number, { from, samples, pause }: Span): Machine {
  const identifier = `bench-${String(seed).padStart(4, '0')}`;
  const run = `00000000-0000-4000-8000-${seed.toString(16).padStart(12, '0')}`;
  return {
    identifier,
    header: headerOf(identifier, { run, started: from }),
    *samples() {
      const random = seededRandom(seed);
      const tracks = fleetFields().map((field) => beginTrack(field, random));
      const shift = Math.floor(random() * 1000) / 1000;
      for (let at = 0; at < samples; at++) {
        const late = Math.floor(random() * 4) / 1000; // a tick comes some milliseconds after its time
        const off = pause && at >= pause.after ? pause.seconds : 0;
        const timestamp = Math.round((from + off + shift + at * INTERVAL_SECONDS + late) * 1000) / 1000;
        yield { timestamp, run, seq: at + 1, tags: { machine_id: identifier }, fields: tickFields(tracks, random) };
      }
    },
  };
}

function headerOf(identifier: string, { run, started }: { run: string; started: number }): Header {
  const host = { hostname: identifier, kernel: '6.1.0', arch: 'x86_64', os: 'Debian GNU/Linux 12', cpus: 2 };
  return { collection: 1, run, identifier, started, interval: INTERVAL_SECONDS, host, agent: 'bench', labels: {} };
}

function beginTrack(field: FleetField, random: Random): Track {
  const motion = { chance: chanceOf(random()), step: 10 ** (random() * 5) };
  const isZero = motion.chance === 0 && random() < 0.7;
  const begin = field.decimals > 0 ? random() * 4 : 10 ** (1 + random() * 8);
  return { field, motion, value: isZero ? 0 : rounded(begin, field) };
}

function chanceOf(place: number): number {
  let end = 0;
  for (const [part, chance] of MIX) {
    end += part;
    if (place < end) return chance;
  }
  return 1;
}

function tickFields(tracks: readonly Track[], random: Random): Fields {
  // Machines are busy and idle by turns: counters do not go up evenly.
  const load = random() ** 2 * 2;
  const fields: Record<string, number> = {};
  for (const track of tracks) {
    if (track.motion.chance > 0) advance(track, load, random);
    fields[track.field.name] = track.value;
  }
  return fields;
}

function advance(track: Track, load: number, random: Random): void {
  const { field, motion } = track;
  if (motion.chance < 1 && random() >= motion.chance) return;
  if (field.decimals > 0) track.value = rounded(Math.abs(track.value * 0.9 + random() * load) % 100, field);
  else if (field.isCounter) track.value += Math.ceil(motion.step * load * random());
  else track.value = Math.max(0, track.value + Math.round(motion.step * (random() - 0.5)));
}

function rounded(value: number, { decimals }: FleetField): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
