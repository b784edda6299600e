/** Wakes whoever waits for something to change. Ask for `next` before looking, so that no ring is missed. */
export class Bell {
  #resolve: () => void = () => {};
  #next: Promise<void>;

  constructor() {
    this.#next = this.#renew();
  }

  get next(): Promise<void> {
    return this.#next;
  }

  ring(): void {
    const resolve = this.#resolve;
    this.#next = this.#renew();
    resolve();
  }

  #renew(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
