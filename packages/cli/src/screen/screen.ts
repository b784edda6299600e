import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Io } from '../io.ts';
import { drawChanges } from './draw.ts';
import type { Line } from './table.ts';

/** Columns and lines; infinite where nothing limits them. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where frames go. */
export interface Screen {
  /** Whether frames take each other's place, so that one may be shown before there is much to show. */
  readonly isLive: boolean;
  /** Whether somebody can press keys. */
  readonly hasKeys: boolean;
  readonly size: Size;
  show(lines: readonly Line[]): Promise<void>;
  /** Gives the terminal back as it was; a second time it does nothing. */
  close(): void;
}

export interface Listener {
  onKey(key: string): void;
  onResize(): void;
  /** The terminal has gone. */
  onHangup(): void;
}

export function isTerminal(stream: Writable): stream is WriteStream {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** A screen that is drawn in place where the terminal can do that; else frames one after another. */
export function openScreen(io: Io, listener: Listener): Screen {
  const { stdout, env } = io;
  if (!isTerminal(stdout)) return new Plain(stdout, () => ({ columns: Infinity, rows: Infinity }));
  // A terminal that was not told its size (a serial line) says 0.
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const isDumb = env.TERM === undefined || env.TERM === '' || env.TERM === 'dumb';
  if (!isDumb) return new Terminal({ stdout, stdin: keyboardOf(io), size, listener });
  return new Plain(stdout, () => ({ columns: size().columns - 1, rows: size().rows - 1 }));
}

function keyboardOf({ stdin }: Io): ReadStream | undefined {
  const isKeyboard = (stream: Readable): stream is ReadStream => 'isTTY' in stream && stream.isTTY === true;
  return isKeyboard(stdin) ? stdin : undefined;
}

/** Frames one after another, an empty line between them, no control characters. */
class Plain implements Screen {
  readonly isLive = false;
  readonly hasKeys = false;
  readonly #stream: Writable;
  readonly #size: () => Size;
  #isFirst = true;

  constructor(stream: Writable, size: () => Size) {
    this.#stream = stream;
    this.#size = size;
  }

  get size(): Size {
    return this.#size();
  }

  async show(lines: readonly Line[]): Promise<void> {
    const text = lines.map((line) => `${line.text.trimEnd()}\n`).join('');
    const hasRoom = this.#stream.write(this.#isFirst ? text : `\n${text}`);
    this.#isFirst = false;
    if (!hasRoom) await once(this.#stream, 'drain');
  }

  close(): void {}
}

/**
 * xterm's control sequences, which every terminal of today knows or passes over: the alternate screen, the cursor's
 * visibility, and no wrapping at the right edge, where a character may be wider than was reckoned.
 */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
const CLEAR = '\u001b[2J';

/** What arrows and the like send: none of it is a key here, though letters are in it. */
const ESCAPES = /\u001b(\[[0-?]*[ -/]*[@-~]|O?.)?/g;

interface TerminalSetup {
  readonly stdout: WriteStream;
  /** Undefined where standard input is something else. */
  readonly stdin: ReadStream | undefined;
  readonly size: () => Size;
  readonly listener: Listener;
}

class Terminal implements Screen {
  readonly isLive = true;
  readonly hasKeys: boolean;
  readonly #setup: TerminalSetup;
  #shown: readonly Line[] | undefined;
  #isOpen = true;
  readonly #onData = (text: Buffer | string) => {
    for (const key of String(text).replace(ESCAPES, '')) this.#setup.listener.onKey(key);
  };
  readonly #onResize = () => {
    this.#shown = undefined;
    this.#setup.listener.onResize();
  };
  readonly #onHangup = () => this.#setup.listener.onHangup();
  readonly #onExit = () => this.close();

  constructor(setup: TerminalSetup) {
    this.#setup = setup;
    const { stdout, stdin } = setup;
    this.hasKeys = stdin !== undefined;
    process.on('exit', this.#onExit); // also where an error or a second signal ends the process at once
    process.on('SIGHUP', this.#onHangup);
    stdin?.setRawMode(true);
    stdin?.on('data', this.#onData);
    stdin?.on('error', this.#onHangup);
    stdout.on('resize', this.#onResize);
    stdout.write(ENTER);
  }

  get size(): Size {
    return this.#setup.size();
  }

  async show(lines: readonly Line[]): Promise<void> {
    const changes = drawChanges(this.#shown ?? [], lines, this.size.columns);
    const text = this.#shown === undefined ? CLEAR + changes : changes;
    this.#shown = lines;
    if (text !== '') this.#setup.stdout.write(text);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { stdout, stdin } = this.#setup;
    stdout.off('resize', this.#onResize);
    stdout.write(LEAVE);
    stdin?.off('data', this.#onData);
    stdin?.setRawMode(false);
    stdin?.pause();
    process.off('SIGHUP', this.#onHangup);
    process.off('exit', this.#onExit);
  }
}
