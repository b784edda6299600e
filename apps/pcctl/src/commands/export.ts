import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from '@perfcollector/api';
import { choice, command, type Io, text, when } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { longCsv, withWideCsv } from '../csv-export.ts';
import { machineArgument } from '../machine-argument.ts';
import { translated, writeWhole } from '../write-whole.ts';

const FORMATS = ['collection', 'csv', 'csv-wide'] as const;

/** Writes a machine's collection, or a table of it, to a file or standard output, in constant memory. */
export const exportCollection = command({
  args: [machineArgument],
  options: {
    ...serverOptions,
    from: when({ flag: '--from <time>', about: 'First moment: Unix seconds, a date, or how long ago (-24h).' }),
    to: when({ flag: '--to <time>', about: 'Last moment, in the same forms.' }),
    format: choice({
      flag: '--format <format>',
      fallback: 'collection',
      choices: FORMATS,
      about:
        'collection: the lines as they are stored; csv: a row a value; csv-wide: a row a sample, as pcprocess writes it.',
    }),
    output: text({ flag: '-o, --output <file>', about: 'Write to this file; standard output where it is not given.' }),
  },
  run: ({ from, to, format, output, ...options }, { io, args: [machine = ''] }) =>
    withServer(options, io, async (client) => {
      const write = (bytes: Readable) =>
        output === undefined
          ? translated(pipeline(bytes, io.stdout, { end: false }), 'write to standard output')
          : writeWhole(bytes, output);
      await exportAs(format, { client, machine, from, to, io }, write);
    }),
});

interface Wanted {
  readonly client: Client;
  readonly machine: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly io: Io;
}

/** Converted here and not by pcd, which has many machines to serve. */
async function exportAs(
  format: (typeof FORMATS)[number],
  { client, machine, from, to, io }: Wanted,
  write: (bytes: Readable) => Promise<void>,
): Promise<void> {
  const bytes = await client.collection(machine, { from, to });
  if (format === 'collection') return write(bytes);
  const coming = { machine, bytes, signal: io.signal };
  return format === 'csv' ? write(longCsv(coming)) : withWideCsv(coming, write);
}
