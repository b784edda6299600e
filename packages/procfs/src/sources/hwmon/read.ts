import { deviceFiles } from '../../device-files.ts';
import { SourceError } from '../../errors.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import type { HostReader, OpenSource } from '../../types.ts';
import { type Chip, findChips, sensorFiles } from './chips.ts';

/** Chips are looked for so often, milliseconds. */
const LOOK_AGAIN_MS = 60_000;
/** A chip behind a slow bus (SMBus, IPMI) takes up to hundreds of milliseconds, during which nothing else is sampled. */
const SLOW_MS = 5;
/** Such a chip may have one part in so many of the time. */
const SLOW_SHARE = 100;

type Report = (problem: string) => void;

interface OpenChip {
  readonly name: string;
  readonly sensors: OpenSource;
  restUntil: number;
  wasSlow: boolean;
}

/**
 * Reads the chips one after the other. One that takes longer than 5 ms is said to and left alone for a hundred times as
 * long: its fields are not in the samples between.
 * @param clock milliseconds, monotonic
 */
export function openChips(host: HostReader, clock: () => number): OpenSource {
  let chips = new Map<string, OpenChip>();
  let lookAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    const found = findChips(host).map((chip) => [keyOf(chip), chips.get(keyOf(chip)) ?? openChip(host, chip)] as const);
    const next = new Map(found);
    for (const [key, chip] of chips) if (next.get(key) !== chip) chip.sensors.close();
    chips = next;
    lookAt = clock() + LOOK_AGAIN_MS;
  };
  const sampleChip = (chip: OpenChip, sink: FieldSink, report: Report) => {
    const before = clock();
    if (before < chip.restUntil) return;
    chip.sensors.sample(sink, report);
    const took = clock() - before;
    if (took > SLOW_MS) chip.restUntil = before + took * SLOW_SHARE;
    // Once may be the host's business; twice in a row is the chip's.
    if (took > SLOW_MS && chip.wasSlow)
      report(`the hwmon chip ${chip.name} is not read at every tick: that takes longer than ${SLOW_MS} ms`);
    chip.wasSlow = took > SLOW_MS;
  };
  return {
    sample(sink, report) {
      if (clock() >= lookAt) look();
      for (const chip of chips.values()) {
        try {
          sampleChip(chip, sink, report);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          if (error.reason === 'unavailable')
            lookAt = Number.NEGATIVE_INFINITY; // the chip has gone
          else report(error.message);
        }
      }
    },
    close() {
      for (const chip of chips.values()) chip.sensors.close();
    },
  };
}

function openChip(host: HostReader, chip: Chip): OpenChip {
  return { name: chip.name, sensors: deviceFiles(host, () => sensorFiles(host, chip)), restUntil: 0, wasSlow: false };
}

function keyOf({ name, path }: Chip): string {
  return `${name} ${path}`;
}
