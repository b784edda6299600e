import type { Derived } from '../live/derived.ts';
import { type Controls, press } from './controls.ts';
import type { Listener, Screen } from './screen.ts';

export interface SessionSetup {
  readonly interval: number;
  /** How many frames with rates; the sample that they begin at is not counted. */
  readonly count: number;
  readonly signal: AbortSignal;
  readonly open: (listener: Listener) => Screen;
  readonly take: () => Promise<Derived>;
  readonly draw: (screen: Screen, derived: Derived, controls: Controls) => Promise<void>;
}

/** While the screen is paused it is looked at again so often at least: a timer takes no longer time. */
const LONGEST_SLEEP_MS = 3_600_000;

/** Shows a host until the count is reached, a key ends it, or the signal comes. The terminal is given back whatever happens. */
export async function runSession(setup: SessionSetup): Promise<void> {
  const { signal, open } = setup;
  const session = new Session(setup);
  const end = () => session.end();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const screen = open(session);
  try {
    await session.run(screen);
  } finally {
    screen.close();
    signal.removeEventListener('abort', end);
  }
}

class Session implements Listener {
  readonly #setup: SessionSetup;
  #controls: Controls;
  #isStale = false;
  #wake = () => {};

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#controls = { interval: setup.interval, sort: 'cpu', isPaused: false, isOver: false };
  }

  onKey(key: string): void {
    this.#change(press(this.#controls, key));
  }

  onResize(): void {
    this.#change(this.#controls);
  }

  onHangup(): void {
    this.end();
  }

  end(): void {
    this.#change({ ...this.#controls, isOver: true });
  }

  #change(controls: Controls): void {
    this.#controls = controls;
    this.#isStale = true;
    this.#wake();
  }

  async run(screen: Screen): Promise<void> {
    const { take, count } = this.#setup;
    for (let frames = 0; !this.#controls.isOver; frames += 1) {
      const began = performance.now();
      const derived = await take();
      if (this.#controls.isOver) return;
      if (frames > 0 || screen.isLive) await this.#draw(screen, derived);
      if (frames >= count) return;
      await this.#rest(began, () => this.#draw(screen, derived));
    }
  }

  async #draw(screen: Screen, derived: Derived): Promise<void> {
    this.#isStale = false;
    await this.#setup.draw(screen, derived, this.#controls);
  }

  /** Waits until the next sample is due, and draws the last one again when a key or a new size asks for it. */
  async #rest(began: number, redraw: () => Promise<void>): Promise<void> {
    while (!this.#controls.isOver) {
      if (this.#isStale) await redraw();
      const { isPaused, interval } = this.#controls;
      const left = isPaused ? LONGEST_SLEEP_MS : began + interval - performance.now();
      if (left <= 0) return;
      await this.#sleep(Math.min(left, LONGEST_SLEEP_MS));
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
