import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '@perfcollector/api';
import { codeOf, command, type Replacement, replaceFile, systemError, text } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { when } from '../when.ts';

/** Writes a machine's collection to a file or standard output. */
export const exportCollection = command({
  args: [{ name: '<machine>', about: 'Its identifier, as `pcctl machines list` shows it.' }],
  options: {
    ...serverOptions,
    from: when({ flag: '--from <time>', about: 'First moment: Unix seconds, a date, or how long ago (-24h).' }),
    to: when({ flag: '--to <time>', about: 'Last moment, in the same forms.' }),
    output: text({ flag: '-o, --output <file>', about: 'Write to this file; standard output where it is not given.' }),
  },
  run: ({ from, to, output, ...options }, { io, args: [id = ''] }) =>
    withServer(options, io, async (client) => {
      const lines = await client.collection(id, { from, to });
      if (output !== undefined) await writeWhole(lines, output);
      else await translated(pipeline(lines, io.stdout, { end: false }), 'write to standard output');
    }),
});

/** The file appears under its name only when it is whole. */
async function writeWhole(lines: NodeJS.ReadableStream, output: string): Promise<void> {
  const file = beginFile(output);
  try {
    await translated(pipeline(lines, createWriteStream(file.temporary)), `write ${output}`);
    file.commit();
  } finally {
    file.discard();
  }
}

function beginFile(output: string): Replacement {
  try {
    return replaceFile(output);
  } catch (error) {
    throw systemError(`write ${output}`, error);
  }
}

async function translated(work: Promise<void>, attempt: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (codeOf(error)?.startsWith('UND_ERR') || codeOf(error) === 'ECONNRESET') {
      throw new ApiError('the server broke off in the middle of the export', {
        code: 'BROKEN_OFF',
        status: 0,
        cause: error,
      });
    }
    throw systemError(attempt, error);
  }
}
