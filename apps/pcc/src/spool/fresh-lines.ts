import type { Segment } from './segment.ts';

/** Lines that the live lane has not come to yet; older ones are left to the backlog. */
const MOST_BYTES = 256 * 1024;

/** Where a line, or several one behind the other, are. */
export interface Place {
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
}

/** The lines of this moment, reserved for the live lane, the oldest first. */
export class FreshLines {
  #places: Place[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** Reserves a line that was just written. */
  add(place: Place): void {
    place.segment.reserve(place.start, place.end);
    this.#places.push(place);
    this.#bytes += place.end - place.start;
    while (this.#bytes > MOST_BYTES && this.#places.length > 1) this.#letGoOldest();
  }

  /** As many as lie one behind the other and may be sent; one at least, where there is any. They stay reserved. */
  take(mostBytes: number): Place | undefined {
    const [first] = this.#places;
    if (!first) return undefined;
    const { segment, start } = first;
    let end = start;
    for (let next = this.#places[0]; next; next = this.#places[0]) {
      if (next.segment !== segment || next.start !== end || !segment.isAvailable(next.end)) break;
      if (end > start && next.end - start > mostBytes) break;
      end = next.end;
      this.#places.shift();
      this.#bytes -= next.end - next.start;
    }
    return end > start ? { segment, start, end } : undefined;
  }

  /** They are part of the backlog from now on. */
  letGo(): void {
    while (this.#places.length > 0) this.#letGoOldest();
  }

  /** The segment is gone. */
  forget(segment: Segment): void {
    this.#places = this.#places.filter((place) => place.segment !== segment);
    this.#bytes = this.#places.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  #letGoOldest(): void {
    const place = this.#places.shift();
    if (!place) return;
    this.#bytes -= place.end - place.start;
    place.segment.giveBack(place.start, place.end);
  }
}
