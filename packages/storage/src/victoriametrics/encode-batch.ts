import { createHash } from 'node:crypto';
import { type EventMark, encodeLine, type Header, mergeSamples, type Sample } from '@perfcollector/collection';
import { isPacked, type PackedSample, unpackSample } from '../packed/packed-sample.ts';
import { type Batch, type MachineRef, StoreError } from '../store.ts';
import type { Clocks } from './clocks.ts';
import { type Halves, halvesOfDigits, halvesOfNumber, scaleOf } from './exact-number.ts';
import { FIELD_PREFIX, fitsLabel, type Labels, METRIC } from './layout.ts';
import { addPoint, addText, type PointLines, seriesName, toImport } from './point-lines.ts';
import { shapeOf } from './shape.ts';

/** What is stored of a batch, and what of it said nothing new. */
export interface EncodedBatch {
  readonly lines: string;
  readonly stored: number;
  readonly duplicates: number;
}

/**
 * A batch as the engine's import takes it.
 * @param now Unix milliseconds
 * @throws StoreError FAILED where it cannot be stored
 */
export function encodeBatch(batch: Batch, clocks: Clocks, now: number): EncodedBatch {
  const { tenant, machine, headers, samples, events } = batch;
  const lines: PointLines = new Map();
  const all = samples.map((sample) => unpacked(sample, machine));
  const { whole, spread, duplicates } = sortOut({ ...batch, samples: all }, clocks);
  for (const sample of spread) addSample(lines, batch, sample);
  for (const sample of whole) addWholeSample(lines, batch, sample);
  for (const event of events) addLine(lines, METRIC.event, { ref: batch, line: event, at: milliseconds(event) });
  for (const header of headers) addHeader(lines, { ref: batch, header, now });
  const received = seriesName(METRIC.received, { tenant, machine });
  addPoint(lines, received, { at: now, value: samples.length });
  return { lines: toImport(lines), stored: samples.length - duplicates, duplicates };
}

function unpacked(sample: Sample | PackedSample, machine: string): Sample {
  return isPacked(sample) ? unpackSample(sample, JSON.parse(sample.names) as string[], machine) : sample;
}

/** Parts of one sample become one; what cannot be taken apart stays whole. */
function sortOut(batch: MachineRef & { readonly samples: readonly Sample[] }, clocks: Clocks) {
  const spread = new Map<string, Sample>();
  const whole: Sample[] = [];
  let duplicates = 0;
  for (const sample of batch.samples) {
    const ms = milliseconds(sample);
    const { run, seq } = sample;
    const isNumbered = run !== undefined && seq !== undefined;
    if (!isSpreadable(sample) || (isNumbered && clocks.isSetBack(batch, { run, seq, ms }))) {
      whole.push(sample);
      continue;
    }
    const key = `${ms} ${run ?? ''}`;
    const before = spread.get(key);
    const merged = before ? mergeSamples(before, sample) : sample;
    if (merged) spread.set(key, merged);
    else duplicates += 1;
  }
  return { spread: spread.values(), whole, duplicates };
}

/** Names that no label can be are those of people who try what happens. */
function isSpreadable({ run, fields }: Sample): boolean {
  if (run !== undefined && !fitsLabel(run)) return false;
  return Object.keys(fields).every((name) => name !== '' && fitsLabel(FIELD_PREFIX + name));
}

function addSample(lines: PointLines, ref: MachineRef, sample: Sample): void {
  const at = milliseconds(sample);
  const labels = labelsOf(ref, sample.run);
  addMark(lines, ref, sample);
  addText(lines, METRIC.shape, { at, text: JSON.stringify(shapeOf(sample)), labels });
  if (at / 1000 !== sample.timestamp)
    addExact(lines, { at, value: sample.timestamp, labels: { ...labels, as: 'timestamp' } });
  if (sample.run === undefined && sample.seq !== undefined) {
    addExact(lines, { at, value: sample.seq, labels: { ...labels, as: 'seq' } });
  }
  for (const name in sample.fields) {
    const value = sample.fields[name] as string | number;
    if (typeof value === 'number') addNumber(lines, { at, name, value, labels });
    else addFieldText(lines, { at, name, value, labels });
  }
}

/** The engine takes values that differ by less than a part in 10^12 for the same when it counts changes. */
const MARKS = 1e9;

/** That there is a sample, for all questions that are about samples and not about their fields. */
function addMark(lines: PointLines, ref: MachineRef, { timestamp, run, seq }: Sample): void {
  const at = milliseconds({ timestamp });
  const isNumbered = run !== undefined && seq !== undefined;
  const series = seriesName(isNumbered ? METRIC.seq : METRIC.unnumbered, labelsOf(ref, run));
  addPoint(lines, series, { at, value: isNumbered ? seq : at % MARKS });
}

interface FieldPoint<T> {
  /** Milliseconds. */
  readonly at: number;
  readonly name: string;
  readonly value: T;
  readonly labels: Labels;
}

function addNumber(lines: PointLines, { at, name, value, labels }: FieldPoint<number>): void {
  if (!Number.isFinite(value)) throw new StoreError('FAILED', `the field ${JSON.stringify(name)} is ${value}`);
  const scale = scaleOf(value);
  const series = seriesName(FIELD_PREFIX + name, { ...labels, scale: scale === 'near' ? undefined : scale });
  addPoint(lines, series, { at, value });
  if (scale === 'rounded') addExact(lines, { at, value, labels: { ...labels, field: name, as: 'number' } });
}

function addFieldText(lines: PointLines, { at, name, value, labels }: FieldPoint<string>): void {
  const halves = halvesOfDigits(value);
  if (!halves) {
    addText(lines, METRIC.text, { at, text: JSON.stringify(value), labels: { ...labels, field: name } });
    return;
  }
  addPoint(lines, seriesName(FIELD_PREFIX + name, { ...labels, scale: 'rounded' }), { at, value: Number(value) });
  addHalves(lines, { at, halves, labels: { ...labels, field: name, as: 'digits' } });
}

function addExact(lines: PointLines, { at, value, labels }: { at: number; value: number; labels: Labels }): void {
  addHalves(lines, { at, halves: halvesOfNumber(value), labels });
}

function addHalves(lines: PointLines, { at, halves, labels }: { at: number; halves: Halves; labels: Labels }): void {
  for (const [index, half] of (['high', 'low'] as const).entries()) {
    addPoint(lines, seriesName(METRIC.exact, { ...labels, half }), { at, value: halves[index] as number });
  }
}

function addWholeSample(lines: PointLines, ref: MachineRef, sample: Sample): void {
  addMark(lines, ref, sample);
  addLine(lines, METRIC.line, { ref, line: sample, at: milliseconds(sample) });
}

/** A header stands at the time when it came: the engine forgets by age, and a long run is younger than its start. */
function addHeader(lines: PointLines, { ref, header, now }: { ref: MachineRef; header: Header; now: number }): void {
  addLine(lines, METRIC.header, { ref, line: header, at: now });
  const series = seriesName(METRIC.run, { ...labelsOf(ref, header.run), interval: String(header.interval) });
  addPoint(lines, series, { at: now, value: Math.round(header.started * 1000) });
}

interface LineToAdd {
  readonly ref: MachineRef;
  readonly line: Header | EventMark | Sample;
  /** Milliseconds. */
  readonly at: number;
}

function addLine(
  lines: PointLines,
  metric: (typeof METRIC)['event' | 'header' | 'line'],
  { ref, line, at }: LineToAdd,
): void {
  addText(lines, metric, { at, text: encodeLine(line).trimEnd(), labels: labelsOf(ref, line.run) });
}

function labelsOf({ tenant, machine }: MachineRef, run: string | undefined): Labels {
  return { tenant, machine, run: run === undefined ? undefined : runLabel(run) };
}

/** A run's name is an UUID where pcc gives it; of what is too long, or no text, a hash stands for it. */
export function runLabel(run: string): string {
  return fitsLabel(run) ? run : `sha256:${createHash('sha256').update(JSON.stringify(run)).digest('hex')}`;
}

function milliseconds({ timestamp }: { timestamp: number }): number {
  const ms = Math.round(timestamp * 1000);
  if (!Number.isSafeInteger(ms)) throw new StoreError('FAILED', `${timestamp} is no time that can be stored`);
  return ms;
}
