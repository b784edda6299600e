/** What a chart is drawn with. */
export interface ChartSetup {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines of the plot, axis excluded. */
  readonly height: number;
  /** Without braille characters, for terminals that are not UTF-8. */
  readonly isAscii: boolean;
}

export interface Plot {
  /** From left to right; null where there is none. */
  readonly values: readonly (number | null)[];
  /** What stands below the left and the right end. */
  readonly ends: readonly [string, string];
}

/** A cell of braille is two dots wide and four high. Unicode's chart U+2800: the bits of its dots by column, from above. */
const DOT_BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x2800;

/** A chart in characters, with its scale on the left and its ends below. */
export function drawChart({ values, ends }: Plot, setup: ChartSetup): string[] {
  const scale = scaleOf(values);
  if (!scale) return ['(no values)'];
  const labels = [scale.top, (scale.top + scale.bottom) / 2, scale.bottom].map(shortNumber);
  const margin = Math.max(...labels.map((label) => label.length));
  const columns = Math.max(setup.width - margin - 2, 8);
  const lines = plotLines(values, scale, { ...setup, width: columns });
  const axis = setup.isAscii ? '|' : '│';
  const rows = lines.map(
    (line, row) => `${labelOf(row, lines.length, labels).padStart(margin)} ${axis}${line.trimEnd()}`,
  );
  const room = Math.max(columns - ends[0].length - ends[1].length, 1);
  return [...rows, `${' '.repeat(margin + 2)}${ends[0]}${' '.repeat(room)}${ends[1]}`];
}

/** How many values a plot of this width has room for. */
export function plotPoints({ width, isAscii }: ChartSetup): number {
  return Math.max((width - 10) * (isAscii ? 1 : 2), 8);
}

interface Scale {
  readonly bottom: number;
  readonly top: number;
}

/** From 0 on, unless all values are far from it: else small changes would look large. */
function scaleOf(values: readonly (number | null)[]): Scale | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  const [least, most] = known.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  // A line that is flat lies between zero and itself.
  if (least === most) return { bottom: Math.min(0, least), top: Math.max(0, most) || (least === 0 ? 1 : 0) };
  const isNearZero = least >= 0 && most - least > least / 2;
  return { bottom: isNearZero ? 0 : least, top: most };
}

function plotLines(values: readonly (number | null)[], scale: Scale, setup: ChartSetup): string[] {
  const [perCell, dotsHigh] = setup.isAscii ? [1, setup.height] : [2, setup.height * 4];
  const dots = setup.width * perCell;
  const heights = spread(values, dots).map((value) => (value === null ? null : heightOf(value, scale, dotsHigh)));
  const cells = Array.from({ length: setup.height }, () => new Uint8Array(setup.width));
  for (const [x, y] of dotsOf(heights)) {
    const fromAbove = dotsHigh - 1 - y;
    const row = cells[setup.isAscii ? fromAbove : fromAbove >> 2];
    const column = Math.floor(x / perCell);
    if (row) row[column] = (row[column] ?? 0) | (DOT_BITS[x % perCell]?.[fromAbove & 3] ?? 0);
  }
  const character = (bits: number) =>
    setup.isAscii ? (bits > 0 ? '*' : ' ') : bits > 0 ? String.fromCodePoint(BRAILLE + bits) : ' ';
  return cells.map((row) => Array.from(row, character).join(''));
}

/** The value of each column of dots; where there are more values than those, their mean. */
function spread(values: readonly (number | null)[], dots: number): (number | null)[] {
  return Array.from({ length: dots }, (_, at) => {
    const from = Math.floor((at * values.length) / dots);
    const to = Math.max(Math.floor(((at + 1) * values.length) / dots), from + 1);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function heightOf(value: number, { bottom, top }: Scale, dotsHigh: number): number {
  return Math.round(((value - bottom) / (top - bottom)) * (dotsHigh - 1));
}

/** A dot for each height, and those between it and the one before, so that a steep line has no holes. */
function* dotsOf(heights: readonly (number | null)[]): Generator<[x: number, y: number]> {
  for (const [x, height] of heights.entries()) {
    if (height === null) continue;
    const before = heights[x - 1] ?? height;
    const step = Math.sign(before - height);
    for (let y = height; ; y += step) {
      yield [x, y];
      if (step === 0 || y + step === before) break;
    }
  }
}

function labelOf(row: number, rows: number, [top = '', middle = '', bottom = '']: readonly string[]): string {
  if (row === 0) return top;
  if (row === rows - 1) return bottom;
  return row === Math.floor((rows - 1) / 2) && rows > 4 ? middle : '';
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

/** `0.25`, `1234` is `1.234K`, and so on. */
export function shortNumber(value: number): string {
  return compact.format(value);
}
