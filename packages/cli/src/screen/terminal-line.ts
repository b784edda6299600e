import type { WriteStream } from 'node:tty';

/** ECMA-48: back to the first column, and erase from there; to the end of the line, or of the screen. */
const CLEAR_LINE = '\r\u001b[K';
const CLEAR_BELOW = '\r\u001b[J';

/** One line at the bottom of a terminal that is drawn again and again, other text scrolling above it. */
export class TerminalLine {
  readonly #terminal: WriteStream;
  #text = '';
  readonly #redraw = () => {
    if (this.#text !== '') this.#terminal.write(CLEAR_BELOW + this.#fitted());
  };

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    terminal.on('resize', this.#redraw);
  }

  /** Columns that a line may take; the last one stays free: some terminals wrap when it is filled. */
  get room(): number {
    return Math.max(0, (this.#terminal.columns || 80) - 1);
  }

  /** Shows the line in place of the one before. @param text plain, of characters that are one column wide */
  show(text: string): void {
    this.#text = text;
    this.#terminal.write(CLEAR_LINE + this.#fitted());
  }

  /** Writes whole lines above it. */
  write(lines: string): void {
    this.#terminal.write(this.#text === '' ? lines : CLEAR_LINE + lines + this.#fitted());
  }

  /** Takes the line away. */
  close(): void {
    this.#terminal.off('resize', this.#redraw);
    if (this.#text !== '') this.#terminal.write(CLEAR_LINE);
    this.#text = '';
  }

  #fitted(): string {
    return this.#text.slice(0, this.room);
  }
}
