import type { Pace } from './pace.ts';
import type { Listener, Screen } from './screen.ts';

/** `T` is what a frame shows, `C` what the keys change. */
export interface SessionSetup<T, C extends Pace> {
  /** As they are before any key. */
  readonly controls: C;
  readonly press: (controls: C, key: string) => C;
  /** How many whole frames. */
  readonly count: number;
  /** What is taken first is where rates begin: it is no whole frame and not counted, and only a live screen shows it. */
  readonly hasLead: boolean;
  readonly signal: AbortSignal;
  readonly open: (listener: Listener) => Screen;
  readonly take: () => Promise<T>;
  readonly draw: (screen: Screen, taken: T, controls: C) => Promise<void>;
}

/** While the screen is paused it is looked at again so often at least: a timer takes no longer time. */
const LONGEST_SLEEP_MS = 3_600_000;

/** Shows frames until the count is reached, a key ends it, or the signal comes. The terminal is given back whatever happens. */
export async function runSession<T, C extends Pace>(setup: SessionSetup<T, C>): Promise<void> {
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

class Session<T, C extends Pace> implements Listener {
  readonly #setup: SessionSetup<T, C>;
  #controls: C;
  #isStale = false;
  #wake = () => {};

  constructor(setup: SessionSetup<T, C>) {
    this.#setup = setup;
    this.#controls = setup.controls;
  }

  onKey(key: string): void {
    this.#change(this.#setup.press(this.#controls, key));
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

  #change(controls: C): void {
    this.#controls = controls;
    this.#isStale = true;
    this.#wake();
  }

  async run(screen: Screen): Promise<void> {
    const { take, count, hasLead } = this.#setup;
    for (let frames = hasLead ? 0 : 1; !this.#controls.isOver; frames += 1) {
      const began = performance.now();
      const taken = await take();
      if (this.#controls.isOver) return;
      if (frames > 0 || screen.isLive) await this.#draw(screen, taken);
      if (frames >= count) return;
      await this.#rest(began, () => this.#draw(screen, taken));
    }
  }

  async #draw(screen: Screen, taken: T): Promise<void> {
    this.#isStale = false;
    await this.#setup.draw(screen, taken, this.#controls);
  }

  /** Waits until the next frame is due, and draws the last one again when a key or a new size asks for it. */
  async #rest(began: number, redraw: () => Promise<void>): Promise<void> {
    while (!this.#controls.isOver) {
      if (this.#isStale) {
        await redraw(); // a key may have come meanwhile
        continue;
      }
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
