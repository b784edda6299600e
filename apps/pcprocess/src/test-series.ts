import type { Csv } from './test-run.ts';

/** The rows of a CSV between moments that are not those of its rows, in seconds since the boot. */
export class Series {
  readonly #csv: Csv;
  /** When each row was sampled. */
  readonly #times: readonly number[];

  constructor(csv: Csv) {
    this.#csv = csv;
    const stamps = csv.column('timestamp').map(Number);
    // The kernel tells the uptime in hundredths, cut off; of many rows the middle is right.
    const boots = csv.column('uptime').map((uptime, at) => (stamps[at] ?? 0) - Number(uptime));
    const boot = boots.sort((a, b) => a - b)[boots.length >> 1] ?? 0;
    this.#times = stamps.map((stamp) => stamp - boot);
  }

  has(column: string): boolean {
    return this.#csv.columns.includes(column);
  }

  /** The mean of a rate or a share: each row tells of the time since the one before. NaN where one of them is NA. */
  mean(column: string, { from, to }: { readonly from: number; readonly to: number }): number {
    let sum = 0;
    for (const [at, cell] of this.#csv.column(column).entries()) {
      const begin = Math.max(from, this.#times[at - 1] ?? Number.POSITIVE_INFINITY);
      const length = Math.min(to, this.#times[at] ?? 0) - begin;
      if (length > 0) sum += Number(cell) * length;
    }
    return sum / (to - from);
  }

  /** A gauge at the row that is the nearest. */
  at(column: string, moment: number): number {
    const distances = this.#times.map((time) => Math.abs(time - moment));
    return Number(this.#csv.column(column)[distances.indexOf(Math.min(...distances))]);
  }
}
