import { encodeLine, type Sample } from '@perfcollector/collection';
import { type MachineRef, StoreError } from '../store.ts';
import { type Halves, halvesOfDigits, halvesOfNumber, scaleOf } from './exact-number.ts';
import { labelsOf, milliseconds } from './labels.ts';
import { FIELD_PREFIX, type Labels, METRIC } from './layout.ts';
import { addPoint, addText, type PointLines, seriesName, seriesNamer } from './point-lines.ts';
import { shapeOf } from './shape.ts';
import type { SpreadSample } from './sort-out.ts';

/** Takes a sample apart into series. */
export function addSample(lines: PointLines, ref: MachineRef, { sample, timesSetBack }: SpreadSample): void {
  const at = milliseconds(sample);
  const clock = timesSetBack > 0 ? String(timesSetBack) : undefined;
  const labels = { ...labelsOf(ref, sample.run), clock };
  addMark(lines, sample, labels);
  addText(lines, METRIC.shape, { at, text: JSON.stringify(shapeOf(sample)), labels });
  if (at / 1000 !== sample.timestamp)
    addExact(lines, { at, value: sample.timestamp, labels: { ...labels, as: 'timestamp' } });
  if (sample.run === undefined && sample.seq !== undefined) {
    addExact(lines, { at, value: sample.seq, labels: { ...labels, as: 'seq' } });
  }
  addFields(lines, sample, labels);
}

/** Keeps a sample as a text. Its mark is in a series of its own: another one of this time may be there. */
export function addWholeSample(lines: PointLines, ref: MachineRef, sample: Sample): void {
  const labels = labelsOf(ref, sample.run);
  addMark(lines, sample, { ...labels, as: 'line' });
  addText(lines, METRIC.line, { at: milliseconds(sample), text: encodeLine(sample).trimEnd(), labels });
}

function addFields(lines: PointLines, sample: Sample, labels: Labels): void {
  const at = milliseconds(sample);
  const nearSeries = seriesNamer(labels);
  for (const name in sample.fields) {
    const value = sample.fields[name] as string | number;
    if (typeof value === 'string') addFieldText(lines, { at, name, value, labels });
    else if (scaleOf(value) === 'near') addPoint(lines, nearSeries(FIELD_PREFIX + name), { at, value });
    else addFarNumber(lines, { at, name, value, labels });
  }
}

/** The engine takes values that differ by less than a part in 10^12 for the same when it counts changes. */
const MARKS = 1e9;

/** That there is a sample, for all questions that are about samples and not about their fields. */
function addMark(lines: PointLines, { timestamp, run, seq }: Sample, labels: Labels): void {
  const at = milliseconds({ timestamp });
  const isNumbered = run !== undefined && seq !== undefined;
  const series = seriesName(isNumbered ? METRIC.seq : METRIC.unnumbered, labels);
  addPoint(lines, series, { at, value: isNumbered ? seq : at % MARKS });
}

interface FieldPoint<T> {
  /** Milliseconds. */
  readonly at: number;
  readonly name: string;
  readonly value: T;
  readonly labels: Labels;
}

function addFarNumber(lines: PointLines, { at, name, value, labels }: FieldPoint<number>): void {
  if (!Number.isFinite(value)) throw new StoreError('FAILED', `the field ${JSON.stringify(name)} is ${value}`);
  const scale = scaleOf(value);
  addPoint(lines, seriesName(FIELD_PREFIX + name, { ...labels, scale }), { at, value });
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
