const QUARTER_MS = 15 * 60_000;

/** Tells times in one zone. */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;
  /** Zones change at whole quarters of an hour: asking at each sample takes longer than everything else of its row. */
  #quarter = Number.NaN;
  #minutes = 0;

  /** @throws RangeError where there is no such zone */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** ISO 8601 with the distance to UTC: `2026-01-09T19:10:48.003+01:00`. @param timestamp Unix seconds */
  tell(timestamp: number): string {
    const ms = Math.round(timestamp * 1000);
    const minutes = this.#offsetAt(ms);
    const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
    const distance = Math.abs(minutes);
    const two = (number: number) => String(number).padStart(2, '0');
    return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`;
  }

  #offsetAt(ms: number): number {
    const quarter = Math.floor(ms / QUARTER_MS);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#minutes = this.#ask(quarter * QUARTER_MS);
    }
    return this.#minutes;
  }

  #ask(ms: number): number {
    const name = this.#format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }
}
