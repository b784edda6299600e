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

/** Lines that a table needs to show every row, heading included: with as many panels as go beside each other, and with one. */
export function heightsOf(table: Table, width: number): { least: number; most: number } {
  return { least: 1 + Math.ceil(table.rows.length / mostPanels(table, width)), most: 1 + table.rows.length };
}

/**
 * Draws as many rows as the height allows. Where it does not allow all one below the other, a wide screen shows them in
 * panels side by side, filled from above. Where rows are left out, the heading says how many are shown of how many.
 */
export function drawTable(table: Table, { width, height }: { width: number; height: number }): Line[] {
  const room = Math.max(1, height - 1);
  const panels = Math.min(mostPanels(table, width), Math.max(1, Math.ceil(table.rows.length / room)));
  const isWhole = table.rows.length <= room * panels;
  const rows = isWhole ? (table.ordered ?? table.rows) : table.rows.slice(0, room * panels);
  const widths = widthsOf(table, Math.floor((width - GAP * (panels - 1)) / panels));
  const deep = Math.ceil(rows.length / panels);
  const headings = table.columns.map(({ heading, grows }) =>
    grows && !isWhole ? headingOf(heading, rows.length, table.rows.length) : heading,
  );
  const line = (cells: readonly Row[]) =>
    beside(
      cells.map((row) => joined(table, row, widths)),
      width,
    );
  const lines = Array.from({ length: deep }, (_, at) => ({
    text: line(rows.filter((_, index) => index % deep === at)),
  }));
  return [{ text: line(Array(panels).fill(headings)), isHeading: true }, ...lines];
}

/** How many panels go beside each other. */
function mostPanels(table: Table, width: number): number {
  const least = fixedWidth(table) + Math.min(nameWidth(table), LONG_NAME);
  return Number.isFinite(width) ? Math.max(1, Math.floor((width + GAP) / (least + GAP))) : 1;
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

function beside(panels: readonly string[], width: number): string {
  return cut(panels.join(' '.repeat(GAP)).trimEnd(), width);
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
