import { type EventMark, mergeSamples, type Sample } from '@perfcollector/collection';
import type { FieldValue } from '@perfcollector/procfs';
import type { Block } from './engine.ts';
import { digitsOfHalves, numberOfHalves } from './exact-number.ts';
import { FIELD_PREFIX, METRIC } from './layout.ts';
import type { Shape } from './shape.ts';
import { TextParts } from './text-parts.ts';

/** What a machine sent at one millisecond. */
export interface Moment {
  readonly samples: readonly Sample[];
  readonly events: readonly EventMark[];
}

/** Points of one series by their milliseconds. Of several at one time the largest counts: the engine keeps all, in no order. */
type Column = Map<number, number>;
/** Which texts stand at which millisecond. */
type TextColumn = Map<number, Set<string>>;

/** Of one run; of the samples without a run, the run is ''. */
class RunPoints {
  readonly marks = new Map<number, Set<number>>();
  readonly unnumbered = new Set<number>();
  readonly shapes: TextColumn = new Map();
  readonly lines: TextColumn = new Map();
  readonly numbers = new Map<string, Column>();
  readonly texts = new Map<string, TextColumn>();
  /** By what they are of, the field's name or `timestamp` or `seq`, and by half. */
  readonly exact = new Map<string, Column>();
}

/** A piece of a machine's time, put together from series into samples. */
export class Piece {
  readonly #runs = new Map<string, RunPoints>();
  readonly #events: TextColumn = new Map();
  readonly #parts = new TextParts();
  readonly #shapes = new Map<string, Shape | undefined>();

  add({ metric, values, timestamps }: Block): void {
    const { __name__: name = '', run = '', id = '', field = '', as = '', half = '' } = metric;
    const points = getOrMake(this.#runs, run, () => new RunPoints());
    if (id !== '') this.#parts.add(metric);
    if (name === METRIC.seq)
      for (const [at, ms] of timestamps.entries()) noteIn(points.marks, ms, values[at] as number);
    else if (name === METRIC.unnumbered) for (const ms of timestamps) points.unnumbered.add(ms);
    else if (name === METRIC.shape) noteAll(points.shapes, timestamps, id);
    else if (name === METRIC.line) noteAll(points.lines, timestamps, id);
    else if (name === METRIC.event) noteAll(this.#events, timestamps, id);
    else if (name === METRIC.text)
      noteAll(
        getOrMake(points.texts, field, (): TextColumn => new Map()),
        timestamps,
        id,
      );
    else if (name === METRIC.exact)
      fill(getOrMake(points.exact, `${half} ${as} ${field}`, newColumn), timestamps, values);
    else if (name.startsWith(FIELD_PREFIX)) {
      fill(getOrMake(points.numbers, name.slice(FIELD_PREFIX.length), newColumn), timestamps, values);
    }
  }

  /** In time order. */
  *moments(): Generator<Moment> {
    const times = new Set(this.#events.keys());
    for (const { marks, unnumbered } of this.#runs.values()) {
      for (const ms of [...marks.keys(), ...unnumbered]) times.add(ms);
    }
    for (const ms of [...times].sort((a, b) => a - b)) {
      yield { samples: this.#samplesAt(ms), events: this.#eventsAt(ms) };
    }
  }

  #eventsAt(ms: number): EventMark[] {
    return this.#textsOf(this.#events.get(ms))
      .sort()
      .map((line) => JSON.parse(line) as EventMark);
  }

  /** Those with a run first: what has none may be a part of one. */
  #samplesAt(ms: number): Sample[] {
    const runs = [...this.#runs].sort(([a], [b]) => Number(a === '') - Number(b === '') || (a < b ? -1 : 1));
    const samples: Sample[] = [];
    for (const sample of runs.flatMap(([run, points]) => this.#ofRun(run, points, ms))) {
      const at = samples.findIndex((other) => isPartOf(sample, other));
      const other = samples[at];
      if (other) samples[at] = mergeSamples(other, sample) ?? other;
      else samples.push(sample);
    }
    return samples;
  }

  #ofRun(run: string, points: RunPoints, ms: number): Sample[] {
    const whole = this.#textsOf(points.lines.get(ms)).map((line) => JSON.parse(line) as Sample);
    const shapes = [...(points.shapes.get(ms) ?? [])].flatMap((id) => this.#shape(id) ?? []);
    if (shapes.length === 0) return whole;
    const taken = new Set(whole.map(({ seq }) => seq));
    const [seq] = [...(points.marks.get(ms) ?? [])].filter((one) => !taken.has(one)).sort((a, b) => a - b);
    return [...whole, spreadSample({ run, ms, seq, points, shapes, text: (ids) => this.#textsOf(ids)[0] })];
  }

  #shape(id: string): Shape | undefined {
    if (!this.#shapes.has(id)) {
      const text = this.#parts.get(id);
      this.#shapes.set(id, text === undefined ? undefined : (JSON.parse(text) as Shape));
    }
    return this.#shapes.get(id);
  }

  #textsOf(ids: Iterable<string> = []): string[] {
    return [...ids].sort().flatMap((id) => this.#parts.get(id) ?? []);
  }
}

interface Spread {
  readonly run: string;
  readonly ms: number;
  readonly seq: number | undefined;
  readonly points: RunPoints;
  /** One, or several where parts of a sample came in several requests. */
  readonly shapes: readonly Shape[];
  readonly text: (ids: Iterable<string> | undefined) => string | undefined;
}

function spreadSample({ run, ms, seq, points, shapes, text }: Spread): Sample {
  const fields: Record<string, FieldValue> = {};
  for (const name of new Set(shapes.flatMap(({ names }) => names))) {
    const said = text(points.texts.get(name)?.get(ms));
    const value = said === undefined ? fieldAt(points, name, ms) : (JSON.parse(said) as string);
    // Not by assignment, which takes the name `__proto__` for something else.
    if (value !== undefined) Object.defineProperty(fields, name, { value, ...ORDINARY });
  }
  const number = seq ?? exactNumber(points, 'seq ', ms);
  return {
    timestamp: exactNumber(points, 'timestamp ', ms) ?? ms / 1000,
    ...(run !== '' && { run }),
    ...(number !== undefined && { seq: number }),
    ...Object.assign({}, ...shapes.map(({ more }) => more).reverse()),
    fields,
  };
}

const ORDINARY = { enumerable: true, writable: true, configurable: true };

function fieldAt(points: RunPoints, name: string, ms: number): FieldValue | undefined {
  const digits = halvesAt(points, `digits ${name}`, ms);
  if (digits) return digitsOfHalves(digits);
  return exactNumber(points, `number ${name}`, ms) ?? points.numbers.get(name)?.get(ms);
}

function exactNumber(points: RunPoints, what: string, ms: number): number | undefined {
  const halves = halvesAt(points, what, ms);
  return halves && numberOfHalves(halves);
}

function halvesAt({ exact }: RunPoints, what: string, ms: number): [number, number] | undefined {
  const [high, low] = [exact.get(`high ${what}`)?.get(ms), exact.get(`low ${what}`)?.get(ms)];
  return high === undefined || low === undefined ? undefined : [high, low];
}

/** Whether two that came of one moment are one sample. */
function isPartOf(sample: Sample, other: Sample): boolean {
  if (sample.run === undefined || other.run === undefined) return true;
  return sample.run === other.run && (sample.seq === undefined || sample.seq === other.seq);
}

function fill(column: Column, timestamps: readonly number[], values: readonly number[]): void {
  for (const [at, ms] of timestamps.entries()) {
    const value = values[at] as number;
    const before = column.get(ms);
    if (before === undefined || value > before) column.set(ms, value);
  }
}

function noteAll(column: TextColumn, timestamps: readonly number[], id: string): void {
  for (const ms of timestamps) noteIn(column, ms, id);
}

function noteIn<T>(column: Map<number, Set<T>>, ms: number, value: T): void {
  getOrMake(column, ms, () => new Set<T>()).add(value);
}

function newColumn(): Column {
  return new Map();
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}
