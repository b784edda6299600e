export const DASHBOARD_FILE = new URL('dashboards/perfcollector.json', import.meta.url);

/** As the formatter of this project wants it, two blanks deep. */
export function textOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
