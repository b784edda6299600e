import { ApiError, type contract } from '@perfcollector/api';
import { codeOf, command, counted, duration, explain, systemError, text, toggle, UserError } from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { serverOptions, withServer } from '../connect.ts';
import { type Sending, sendFile } from '../upload/send-file.ts';

interface Uploaded {
  readonly file: string;
  /** Undefined where nothing of the file was taken. */
  readonly reply: contract.UploadReply | undefined;
  readonly problems: readonly string[];
}

/**
 * Sends collections, packed or not. A file that fails does not keep the others from being sent. What the server has of a
 * file, from an upload that broke off, is not sent again.
 */
export const upload = command({
  args: [{ name: '<file...>', about: 'Collections: JSON lines, .gz, .zst, also raw ones of perfcollector2.' }],
  options: {
    ...serverOptions,
    identifier: text({
      flag: '--identifier <name>',
      about: 'Whose samples these are, where the collection does not say it.',
    }),
    isAll: toggle({
      flag: '--all',
      about: 'Send everything, without asking what the server has; what comes twice it keeps once.',
    }),
    retry: duration({
      flag: '--retry <duration>',
      fallback: '5m',
      about: 'How long to try again with a file where the server goes away in the middle of it.',
    }),
  },
  run: ({ identifier, isAll, retry, ...options }, { io, args }) =>
    withServer(options, io, async (client) => {
      await client.version(); // a server that is not there at all is told once, not for every file
      const progress = openProgress(io);
      const sending = { client, identifier, isAll, retryMs: retry, progress, signal: io.signal };
      try {
        const results: Uploaded[] = [];
        for (const file of args) results.push(await send(file, sending));
        return results;
      } finally {
        progress.close();
      }
    }),
  print: (results) => results.map(describe).join(''),
  problems: (results) => results.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
});

async function send(file: string, sending: Sending): Promise<Uploaded> {
  try {
    const reply = await sendFile(file, sending);
    return { file, reply, problems: reply.problems };
  } catch (error) {
    if (sending.signal.aborted || (codeOf(error) === undefined && !(error instanceof ApiError))) throw error;
    const isTold = error instanceof ApiError || error instanceof UserError;
    return { file, reply: undefined, problems: [explain(isTold ? error : systemError(`read ${file}`, error))] };
  }
}

function describe({ file, reply }: Uploaded): string {
  const known = reply && reply.duplicates > 0 ? `, ${reply.duplicates} were there already` : '';
  return `${file}: ${reply ? `${counted(reply.stored, 'sample')} stored${known}` : 'nothing stored'}\n`;
}
