import type { Sample } from '@perfcollector/collection';
import { type EventMark, encodeLine, type Header } from '@perfcollector/collection';
import { isPacked, type PackedSample, unpackSample } from '../packed/packed-sample.ts';
import type { Batch, MachineRef } from '../store.ts';
import type { Clocks } from './clocks.ts';
import { addSample, addWholeSample } from './encode-sample.ts';
import { labelsOf, milliseconds } from './labels.ts';
import { METRIC } from './layout.ts';
import { addPoint, addText, type PointLines, seriesName, toImport } from './point-lines.ts';
import { sortOut } from './sort-out.ts';

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
  const { whole, spread, duplicates } = sortOut(batch, all, clocks);
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

/** A header stands at the time when it came: the engine forgets by age, and a long run is younger than its start. */
function addHeader(lines: PointLines, { ref, header, now }: { ref: MachineRef; header: Header; now: number }): void {
  addLine(lines, METRIC.header, { ref, line: header, at: now });
  const series = seriesName(METRIC.run, { ...labelsOf(ref, header.run), interval: String(header.interval) });
  addPoint(lines, series, { at: now, value: Math.round(header.started * 1000) });
}

interface LineToAdd {
  readonly ref: MachineRef;
  readonly line: Header | EventMark;
  /** Milliseconds. */
  readonly at: number;
}

function addLine(lines: PointLines, metric: (typeof METRIC)['event' | 'header'], { ref, line, at }: LineToAdd): void {
  addText(lines, metric, { at, text: encodeLine(line).trimEnd(), labels: labelsOf(ref, line.run) });
}
