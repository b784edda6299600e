import { command, formatTable, formatTime, option, text, when } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

/** What administrators did. */
export const audit = command({
  options: {
    ...serverOptions,
    from: when({ flag: '--from <time>', about: 'Only what was done at or after this time: a form that export takes.' }),
    to: when({ flag: '--to <time>', about: 'Only what was done at or before this time.' }),
    limit: option({
      flag: '--limit <count>',
      fallback: '100',
      about: 'The newest so many, at most 1000.',
      parse: parseCount,
    }),
    tenant: text({ flag: '--tenant <tenant>', about: 'Only what concerns this tenant.' }),
  },
  run: ({ from, to, limit, tenant, ...options }, { io }) =>
    withServer(options, io, async (client) => (await client.audit({ from, to, limit, tenant })).entries),
  print: (entries) =>
    formatTable([
      ['TIME', 'TENANT', 'KEY', 'ADDRESS', 'ACTION', 'TARGET', 'DETAIL'],
      ...entries.map(({ time, tenant, key, address, action, target, detail }) => [
        formatTime(time),
        tenant,
        key ?? '-',
        address ?? '-',
        action,
        target ?? '-',
        detailText(detail),
      ]),
    ]),
});

/** `name=agents scopes=read,ingest`; what could be mistaken, or a terminal would obey, is quoted. */
function detailText(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${/^[\w.,:*@+-]+$/.test(String(value)) ? value : JSON.stringify(value)}`)
    .join(' ');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1000) return count;
  throw new Error(`${JSON.stringify(text)} is no such number; expected 1 to 1000`);
}
