import { createHash } from 'node:crypto';
import { type Labels, type METRIC, splitForLabels } from './layout.ts';

/** A series, as it stands in a line of an import: JSON. */
export type SeriesName = string;

interface Points {
  readonly values: number[];
  /** Milliseconds. */
  readonly timestamps: number[];
}

/** Points on their way into an import, by series: `/api/v1/import` takes a line a series. */
export type PointLines = Map<SeriesName, Points>;

export function seriesName(metric: string, labels: Labels): SeriesName {
  return seriesNamer(labels)(metric);
}

/** Names many series of the same labels. */
export function seriesNamer(labels: Labels): (metric: string) => SeriesName {
  const rest = JSON.stringify(labels).slice(1);
  return (metric) => `{"__name__":${JSON.stringify(metric)},${rest}`;
}

export function addPoint(lines: PointLines, series: SeriesName, point: { at: number; value: number }): void {
  const points = lines.get(series);
  if (points) {
    points.values.push(point.value);
    points.timestamps.push(point.at);
  } else {
    lines.set(series, { values: [point.value], timestamps: [point.at] });
  }
}

type TextMetric = (typeof METRIC)['shape' | 'text' | 'event' | 'header' | 'line'];

/** Puts a text down in labels: a series for each of its parts, told by what the text hashes to. */
export function addText(
  lines: PointLines,
  metric: TextMetric,
  text: { at: number; text: string; labels: Labels },
): void {
  const id = createHash('sha256').update(text.text).digest('hex').slice(0, 24);
  const parts = splitForLabels(text.text);
  for (const [index, part] of parts.entries()) {
    const name = seriesName(metric, { ...text.labels, id, part: `${index + 1}/${parts.length}`, text: part });
    addPoint(lines, name, { at: text.at, value: 1 });
  }
}

export function toImport(lines: PointLines): string {
  let text = '';
  for (const [series, { values, timestamps }] of lines) {
    text += `{"metric":${series},"values":[${values.join(',')}],"timestamps":[${timestamps.join(',')}]}\n`;
  }
  return text;
}
