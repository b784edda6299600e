import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { contract } from '@perfcollector/api';
import { command, explain, systemError, text } from '@perfcollector/cli';
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
          const reply = await client.upload(await openForReading(file), identifier);
          results.push({ file, reply, problems: reply.problems });
        } catch (error) {
          results.push({ file, reply: undefined, problems: [explain(error)] });
        }
      }
      return results;
    }),
  print: (results) => results.map(describe).join(''),
  problems: (results) => results.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
});

async function openForReading(file: string) {
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    await handle.close();
    return createReadStream(file);
  } catch (error) {
    throw systemError(`read ${file}`, error);
  }
}

function describe({ file, reply }: Uploaded): string {
  const known = reply && reply.duplicates > 0 ? `, ${reply.duplicates} were there already` : '';
  return `${file}: ${reply ? `${reply.stored} samples stored${known}` : 'nothing stored'}\n`;
}
