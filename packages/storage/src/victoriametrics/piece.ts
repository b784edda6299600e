import { type EventMark, mergeSamples, type Sample } from '@perfcollector/collection';
import type { FieldValue } from '@perfcollector/procfs';
import type { Block } from './engine.ts';
import { FIELD_PREFIX, METRIC } from './layout.ts';
import { type HalvesColumn, RunPoints, SetColumn } from './run-points.ts';
import type { Shape } from './shape.ts';
import { TextParts } from './text-parts.ts';

/** What a machine sent at one millisecond. */
export interface Moment {
  readonly samples: readonly Sample[];
  readonly events: readonly EventMark[];
}

/** A piece of a machine's time, put together from series into samples. */
export class Piece {
  /** By run, and by how often its clock was set back. */
  readonly #runs = new Map<string, RunPoints>();
  readonly #events = new SetColumn<string>();
  readonly #parts = new TextParts();
  readonly #shapes = new Map<string, Shape | undefined>();

  add({ metric, values, timestamps }: Block): void {
    const { __name__: name = '', run = '', clock = '', id = '', field = '' } = metric;
    const key = `${clock} ${run}`;
    const points = this.#runs.get(key) ?? new RunPoints(run);
    this.#runs.set(key, points);
    if (id !== '') this.#parts.add(metric);
    if (name.startsWith(FIELD_PREFIX)) points.field(name.slice(FIELD_PREFIX.length)).near.add(timestamps, values);
    else if (name === METRIC.seq)
      for (const [at, ms] of timestamps.entries()) points.marks.add(ms, values[at] as number);
    else if (name === METRIC.unnumbered) points.unnumbered.addAll(timestamps, 0);
    else if (name === METRIC.shape) points.shapes.addAll(timestamps, id);
    else if (name === METRIC.line) points.lines.addAll(timestamps, id);
    else if (name === METRIC.event) this.#events.addAll(timestamps, id);
    else if (name === METRIC.text) points.field(field).texts.addAll(timestamps, id);
    else if (name === METRIC.exact)
      halvesOf(points, metric)[metric.half === 'high' ? 'high' : 'low'].add(timestamps, values);
  }

  /** In time order. */
  *moments(): Generator<Moment> {
    const times = new Set(this.#events.times());
    for (const { marks, unnumbered } of this.#runs.values()) {
      for (const ms of [...marks.times(), ...unnumbered.times()]) times.add(ms);
    }
    const runs = [...this.#runs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, points]) => points)
      .sort((a, b) => Number(a.run === '') - Number(b.run === ''));
    for (const ms of [...times].sort((a, b) => a - b)) {
      yield { samples: this.#samplesAt(ms, runs), events: this.#eventsAt(ms) };
    }
  }

  #eventsAt(ms: number): EventMark[] {
    const lines = this.#texts(this.#events.get(ms)).sort();
    return lines.map((line) => JSON.parse(line) as EventMark);
  }

  /** @param runs those with a name first: a sample that has none may be a part of one */
  #samplesAt(ms: number, runs: readonly RunPoints[]): Sample[] {
    const samples: Sample[] = [];
    for (const sample of runs.flatMap((points) => this.#ofRun(points, ms))) {
      const at = samples.findIndex((other) => isPartOf(sample, other));
      const other = samples[at];
      if (other) samples[at] = mergeSamples(other, sample) ?? other;
      else samples.push(sample);
    }
    return samples;
  }

  #ofRun(points: RunPoints, ms: number): Sample[] {
    const whole = this.#texts(points.lines.get(ms)).map((line) => JSON.parse(line) as Sample);
    const shapes = points.shapes.get(ms).flatMap((id) => this.#shape(id) ?? []);
    if (shapes.length === 0) return whole;
    const taken = new Set(whole.map(({ seq }) => seq));
    const [seq] = points.marks
      .get(ms)
      .filter((one) => !taken.has(one))
      .sort((a, b) => a - b);
    const fields = this.#fieldsAt(ms, points, shapes);
    const number = seq ?? points.seqs.number(ms);
    return [
      ...whole,
      {
        timestamp: points.timestamps.number(ms) ?? ms / 1000,
        ...(points.run !== '' && { run: points.run }),
        ...(number !== undefined && { seq: number }),
        ...Object.fromEntries(shapes.toReversed().flatMap(({ more }) => Object.entries(more))),
        fields,
      },
    ];
  }

  /** @param shapes one, or several where parts of a sample came in several requests */
  #fieldsAt(ms: number, points: RunPoints, shapes: readonly Shape[]): Record<string, FieldValue> {
    const fields: Record<string, FieldValue> = {};
    const textOf = (ids: readonly string[]) => this.#texts(ids)[0];
    for (const name of new Set(shapes.flatMap(({ names }) => names))) {
      const value = points.field(name).at(ms, textOf);
      if (value === undefined) continue;
      // An assignment takes this one name for something else.
      if (name === '__proto__') Object.defineProperty(fields, name, { value, ...ORDINARY });
      else fields[name] = value;
    }
    return fields;
  }

  #shape(id: string): Shape | undefined {
    if (!this.#shapes.has(id)) {
      const text = this.#parts.get(id);
      this.#shapes.set(id, text === undefined ? undefined : (JSON.parse(text) as Shape));
    }
    return this.#shapes.get(id);
  }

  #texts(ids: readonly string[]): string[] {
    return ids.toSorted().flatMap((id) => this.#parts.get(id) ?? []);
  }
}

const ORDINARY = { enumerable: true, writable: true, configurable: true };

function halvesOf(points: RunPoints, { field = '', as }: Block['metric']): HalvesColumn {
  if (as === 'timestamp') return points.timestamps;
  if (as === 'seq') return points.seqs;
  return as === 'digits' ? points.field(field).digits : points.field(field).numbers;
}

/** Whether two that came of one moment are one sample. */
function isPartOf(sample: Sample, other: Sample): boolean {
  if (sample.run === undefined || other.run === undefined) return true;
  return sample.run === other.run && (sample.seq === undefined || sample.seq === other.seq);
}
