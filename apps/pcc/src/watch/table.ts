import { clean, cut, fit, widthOf } from './text.ts';

/** A line of the screen. */
export interface Line {
  readonly text: string;
  readonly isHeading?: true;
}

export interface Column {
  readonly heading: string;
  /** Columns of the screen; of the one that grows, the least. */
  readonly width: number;
  /** Numbers stand to the right. */
  readonly side: 'left' | 'right';
  /** Takes the room that its texts need and the others leave. */
  readonly grows?: true;
}

export interface Table {
  readonly columns: readonly Column[];
  /** The most important first: where there is no room for all, the first ones are shown. */
  readonly rows: readonly Row[];
  /** The same rows as they are shown where there is room for all. */
  readonly ordered?: readonly Row[];
}

export type Row = readonly string[];

const GAP = 3;
/** A column that grows makes no room for more than this while its table could stand beside itself. */
const LONG_NAME = 28;
/** On a screen that is too narrow the last columns go before the names do. */
const LEAST_NAME = 8;

/** Lines that a table needs to show every row, heading included. */
export function heightOf(table: Table, width: number): number {
  return 1 + Math.ceil(table.rows.length / panelsOf(table, width).count);
}

/**
 * Draws as many rows as the height allows. A wide screen shows them in several panels side by side, filled from above;
 * the heading says how many of how many are shown.
 */
export function drawTable(table: Table, { width, height }: { width: number; height: number }): Line[] {
  const panels = panelsOf(table, width);
  const most = Math.max(0, height - 1) * panels.count;
  const isWhole = table.rows.length <= most;
  const rows = isWhole ? (table.ordered ?? table.rows) : table.rows.slice(0, most);
  const widths = widthsOf(table, panels.width);
  const deep = Math.ceil(rows.length / panels.count);
  const headings = table.columns.map(({ heading, grows }) =>
    grows && !isWhole ? headingOf(heading, rows.length, table.rows.length) : heading,
  );
  const used = Math.min(panels.count, Math.ceil(rows.length / Math.max(deep, 1)));
  const heading = {
    text: cut(beside(Array(used).fill(joined(table, headings, widths))), width),
    isHeading: true as const,
  };
  const lines = Array.from({ length: deep }, (_, at) => {
    const cells = rows.filter((_, index) => index % deep === at);
    return { text: cut(beside(cells.map((row) => joined(table, row, widths))), width) };
  });
  return [heading, ...lines];
}

function panelsOf(table: Table, width: number): { count: number; width: number } {
  const least = fixedWidth(table) + Math.min(nameWidth(table), LONG_NAME);
  const fitting = Number.isFinite(width) ? Math.floor((width + GAP) / (least + GAP)) : 1;
  const count = Math.max(1, Math.min(fitting, table.rows.length));
  return { count, width: Math.floor((width - GAP * (count - 1)) / count) };
}

function headingOf(heading: string, shown: number, all: number): string {
  return `${heading} ${shown}/${all}`;
}

/** What the columns that do not grow need, and one blank between any two. */
function fixedWidth({ columns }: Table): number {
  return columns.reduce((sum, { width, grows }) => sum + (grows ? 0 : width), columns.length - 1);
}

function nameWidth({ columns, rows }: Table): number {
  const at = columns.findIndex(({ grows }) => grows);
  const { heading = '', width = 0 } = columns[at] ?? {};
  const least = Math.max(width, headingOf(heading, rows.length, rows.length).length);
  return rows.reduce((most, row) => Math.max(most, widthOf(clean(row[at] ?? ''))), least);
}

function widthsOf(table: Table, width: number): number[] {
  const room = Math.max(width - fixedWidth(table), LEAST_NAME);
  return table.columns.map((column) => (column.grows ? Math.min(nameWidth(table), room) : column.width));
}

function joined({ columns }: Table, cells: Row, widths: readonly number[]): string {
  return columns.map(({ side }, at) => fit(cells[at] ?? '', widths[at] ?? 0, side)).join(' ');
}

function beside(panels: readonly string[]): string {
  return panels.join(' '.repeat(GAP)).trimEnd();
}

/** Lines of parts behind a label; a part that has no room begins another line. */
export function drawParts(label: string, parts: readonly string[], width: number): Line[] {
  const lines: string[] = [];
  let line = label;
  let isFirst = true;
  for (const part of parts.map(clean)) {
    if (!isFirst && widthOf(line) + 2 + widthOf(part) > width) {
      lines.push(line);
      line = ' '.repeat(label.length);
    }
    line += `  ${part}`;
    isFirst = false;
  }
  return [...lines, line].map((text) => ({ text: cut(text, width) }));
}
