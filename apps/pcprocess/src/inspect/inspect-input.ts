import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Damage, damageSentences, type EventMark, noDamage, type Sample } from '@perfcollector/collection';
import type { Input } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import { isSelected, type PlacedLine, readPlacedLines, runOf } from '../input/placed-lines.ts';
import { type ReadProgress, readOrTell } from '../input/read-progress.ts';
import { FieldTally, type SourceCount } from './field-tally.ts';
import { type InspectedMachine, MachineTally } from './machine-tally.ts';
import { type InspectedRun, RunTally } from './run-tally.ts';

/** Everything that is told of one input. */
export interface Inspected {
  readonly input: string;
  /** On the disk. */
  readonly bytes: number;
  readonly packing: 'none' | 'gzip' | 'zstd';
  readonly unpacked_bytes: number;
  /** `empty` where no line could be read. */
  readonly kind: 'collection' | 'raw' | 'mixed' | 'empty';
  readonly lines: { header: number; sample: number; event: number; raw: number };
  /** Raw lines of one time are one sample. */
  readonly samples: number;
  /** Unix seconds. */
  readonly first: number | null;
  readonly last: number | null;
  readonly machines: readonly InspectedMachine[];
  readonly runs: readonly InspectedRun[];
  readonly sources: readonly SourceCount[];
  /** The first ones. */
  readonly events: readonly EventMark[];
  readonly is_damaged: boolean;
  readonly damage: {
    readonly sentences: readonly string[];
    readonly bad_lines: number;
    readonly torn_bytes: number;
    readonly holes: number;
  };
  /** Machines and runs that are more than are told apart. */
  readonly more: { machines: number; runs: number };
}

/** A collection of more is none that anybody made; it must not cost the memory. */
const MOST_MACHINES = 10_000;
const MOST_RUNS = 10_000;
const MOST_EVENTS = 1000;

/** Reads an input once, whatever is in it, and tells what is. */
export async function inspectInput(
  input: Input,
  { selection, progress }: { selection: Selection; progress: ReadProgress },
): Promise<Inspected> {
  const damage = noDamage();
  const tally = new Tally();
  let unpacked = 0;
  const onUnpacked = (bytes: number) => {
    unpacked += bytes;
  };
  await readOrTell(input, damage, async () => {
    const lines = readPlacedLines(input, { ...progress.watch(input, damage), onUnpacked });
    for await (const line of lines) if (isSelected(line, selection)) tally.add(line);
  });
  return { ...sizesOf(input, unpacked), ...tally.report(), ...damageOf(damage) };
}

class Tally {
  readonly #lines = { header: 0, sample: 0, event: 0, raw: 0 };
  readonly #machines = new Map<string, MachineTally>();
  readonly #runs = new Map<string, RunTally>();
  readonly #fields = new FieldTally();
  readonly #events: EventMark[] = [];
  readonly #more = { machines: 0, runs: 0 };

  add(line: PlacedLine): void {
    const { kind, value } = line.line;
    this.#lines[kind] += 1;
    if (kind === 'header') this.#runOf(line)?.begin(value);
    else if (kind === 'event') {
      if (this.#events.length < MOST_EVENTS) this.#events.push(value);
    } else if (kind === 'sample') this.#addSample(line, value);
    else if (line.fields && hasAny(line.fields))
      this.#addSample(line, { timestamp: value.timestamp, fields: line.fields });
  }

  report() {
    const machines = Array.from(this.#machines.values(), (machine) => machine.report());
    const times = machines.flatMap(({ first, last }) => (first === null || last === null ? [] : [first, last]));
    const { header, sample, event, raw } = this.#lines;
    const ours = header + sample + event;
    return {
      kind:
        raw === 0
          ? ours === 0
            ? ('empty' as const)
            : ('collection' as const)
          : ours === 0
            ? ('raw' as const)
            : ('mixed' as const),
      lines: this.#lines,
      samples: machines.reduce((sum, { samples }) => sum + samples, 0),
      first: times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : null,
      last: times.length > 0 ? times.reduce((a, b) => Math.max(a, b)) : null,
      machines,
      runs: Array.from(this.#runs.values(), (run) => run.report()),
      sources: this.#fields.sources,
      events: this.#events,
      more: this.#more,
    };
  }

  #addSample(line: PlacedLine, sample: Sample): void {
    this.#fields.add(sample.fields, { time: sample.timestamp, machine: line.machine });
    this.#runOf(line)?.add(sample);
    const known = this.#machines.get(line.machine);
    if (!known && this.#machines.size >= MOST_MACHINES) {
      this.#more.machines += 1;
      return;
    }
    const machine = known ?? new MachineTally(line.machine);
    this.#machines.set(line.machine, machine);
    machine.add({ sample, header: line.header?.value });
  }

  #runOf(line: PlacedLine): RunTally | undefined {
    const run = runOf(line.line) ?? line.header?.value.run;
    if (run === undefined) return undefined;
    const known = this.#runs.get(run);
    if (known) return known;
    if (this.#runs.size >= MOST_RUNS) {
      this.#more.runs += 1;
      return undefined;
    }
    const tally = new RunTally(run, line.machine);
    this.#runs.set(run, tally);
    return tally;
  }
}

function hasAny(fields: object): boolean {
  for (const _ in fields) return true;
  return false;
}

function sizesOf({ name, path }: Input, unpacked: number) {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { input: name, bytes, packing: packingOf(path), unpacked_bytes: unpacked };
}

/** As its first bytes say, like the reader. */
function packingOf(path: string): Inspected['packing'] {
  const bytes = Buffer.alloc(4);
  try {
    const file = openSync(path, 'r');
    readSync(file, bytes);
    closeSync(file);
  } catch {
    return 'none'; // that it cannot be read is told by the reader
  }
  if (bytes.readUInt16BE() === 0x1f8b) return 'gzip';
  return bytes.readUInt32BE() === 0x28b52ffd ? 'zstd' : 'none';
}

function damageOf(damage: Damage) {
  const sentences = damageSentences(damage);
  const { badLines, tornBytes, holeCount } = damage;
  const isDamaged = badLines > 0 || tornBytes > 0 || holeCount > 0 || damage.broken !== undefined;
  return { is_damaged: isDamaged, damage: { sentences, bad_lines: badLines, torn_bytes: tornBytes, holes: holeCount } };
}
