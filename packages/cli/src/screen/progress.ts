import type { Io } from '../io.ts';
import { formatBytes } from '../table.ts';
import { isTerminal } from './screen.ts';
import { TerminalLine } from './terminal-line.ts';
import { clean, cut, widthOf } from './text.ts';

/** The line is drawn so often at most. */
const LEAST_MS = 200;
const BAR = 24;
const LEAST_BAR = 4;

/** How far work on a file is, on one line of a terminal; where there is none, only what is said is written. */
export interface Progress {
  /** @param bytes of the file, all of them */
  begin(name: string, bytes: number): void;
  /** So many bytes more have been read. */
  add(bytes: number): void;
  say(sentence: string): void;
  close(): void;
}

/** @param patienceMs work that is done before nobody needs to watch */
export function openProgress({ stderr, env }: Io, patienceMs = 0): Progress {
  if (isTerminal(stderr) && env.TERM !== 'dumb') return new ProgressLine(new TerminalLine(stderr), patienceMs);
  return { begin() {}, add() {}, say: (sentence) => stderr.write(`${sentence}\n`), close() {} };
}

class ProgressLine implements Progress {
  readonly #line: TerminalLine;
  #file = { name: '', bytes: 0, done: 0, began: 0 };
  #drawn = Number.NEGATIVE_INFINITY;
  readonly #showsFrom: number;

  constructor(line: TerminalLine, patienceMs: number) {
    this.#line = line;
    this.#showsFrom = performance.now() + patienceMs;
  }

  begin(name: string, bytes: number): void {
    this.#file = { name, bytes, done: 0, began: performance.now() };
    this.#draw();
  }

  add(bytes: number): void {
    this.#file.done += bytes;
    if (performance.now() - this.#drawn >= LEAST_MS) this.#draw();
  }

  say(sentence: string): void {
    this.#line.write(`${sentence}\n`);
  }

  close(): void {
    this.#line.close();
  }

  #draw(): void {
    this.#drawn = performance.now();
    if (this.#drawn < this.#showsFrom) return;
    this.#line.show(progressText(this.#file, (this.#drawn - this.#file.began) / 1000, this.#line.room));
  }
}

/** `web01.json [######      ]  25% 1.0 MiB of 4.0 MiB, 512.0 KiB/s, 6 s left` @param room columns that it may take */
export function progressText(
  file: { name: string; bytes: number; done: number },
  seconds: number,
  room = Number.POSITIVE_INFINITY,
): string {
  const { name, bytes, done } = file;
  const share = bytes > 0 ? Math.min(done / bytes, 1) : 1;
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `, ${Math.ceil((bytes - done) / rate)} s left` : '';
  const speed = rate > 0 ? `, ${formatBytes(Math.round(rate))}/s${left}` : '';
  const figures = `${String(Math.floor(share * 100)).padStart(3)}% ${formatBytes(done)} of ${formatBytes(bytes)}${speed}`;
  // What cannot be spared stands behind, where a narrow terminal would cut: the bar and the name give way.
  const width = Math.max(LEAST_BAR, Math.min(BAR, room - figures.length - widthOf(clean(name)) - ' [] '.length));
  const bar = '#'.repeat(Math.floor(share * width)).padEnd(width);
  const rest = ` [${bar}] ${figures}`;
  return `${cut(name, Math.max(0, room - rest.length))}${rest}`;
}
