/** JSON, as JSON.stringify writes it, but for −0, which stays what it is. */
export function jsonTextOf(value: object): string {
  return JSON.stringify(value, keepNegativeZero);
}

function keepNegativeZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? (JSON as WithRawJson).rawJSON('-0') : value;
}

/** Newer than the language library's types. */
type WithRawJson = typeof JSON & { rawJSON(text: string): unknown };
