import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ApiError, type contract } from '@perfcollector/api';
import { command, explain, systemError, text, UserError } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

interface Uploaded {
  readonly file: string;
  /** Undefined where nothing of the file was taken. */
  readonly reply: contract.UploadReply | undefined;
  readonly problems: readonly string[];
}

/** Sends collections, packed or not. A file that fails does not keep the others from being sent. */
export const upload = command({
  args: [{ name: '<file...>', about: 'Collections: JSON lines, .gz, .zst, also raw ones of perfcollector2.' }],
  options: {
    ...serverOptions,
    identifier: text({
      flag: '--identifier <name>',
      about: 'Whose samples these are, where the collection does not say it.',
    }),
  },
  run: ({ identifier, ...options }, { io, args }) =>
    withServer(options, io, async (client) => {
      const results: Uploaded[] = [];
      for (const file of args) {
        try {
          const reply = await client.upload(openForReading(file), identifier);
          results.push({ file, reply, problems: reply.problems });
        } catch (error) {
          const told =
            error instanceof ApiError || error instanceof UserError ? error : systemError(`read ${file}`, error);
          results.push({ file, reply: undefined, problems: [explain(told)] });
        }
      }
      return results;
    }),
  print: (results) => results.map(describe).join(''),
  problems: (results) => results.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
});

function openForReading(file: string): Readable {
  try {
    if (statSync(file).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    return createReadStream(file);
  } catch (error) {
    throw systemError(`read ${file}`, error);
  }
}

function describe({ file, reply }: Uploaded): string {
  const known = reply && reply.duplicates > 0 ? `, ${reply.duplicates} were there already` : '';
  return `${file}: ${reply ? `${reply.stored} samples stored${known}` : 'nothing stored'}\n`;
}
