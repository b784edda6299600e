import { codeOf, systemError, UserError } from '@perfcollector/cli';
import { parseJson } from '@perfcollector/procfs';
import { connectTo, readLine } from './connection.ts';
import type { Marked } from './control-server.ts';

/**
 * Has the pcc that listens there put a mark into its collection.
 * @throws UserError where none listens, or it refuses
 */
export async function sendMark(path: string, text: string): Promise<Marked> {
  const reply = await ask(path, JSON.stringify({ mark: text }));
  if (isMarked(reply)) return reply;
  const { error } = (reply ?? {}) as { error?: unknown };
  const said = typeof error === 'string' ? error : 'something else than pcc answers there';
  throw new UserError('REFUSED', `the mark was not taken on ${path}: ${said}`);
}

async function ask(path: string, line: string): Promise<unknown> {
  try {
    const socket = await connectTo(path);
    const reply = readLine(socket);
    socket.write(`${line}\n`);
    const answer = await reply.finally(() => socket.destroy());
    return parseJson(answer);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ECONNREFUSED') throw systemError(`mark on ${path}`, error);
    throw new UserError('NO_AGENT', `no pcc is running with the control socket ${path}`, {
      hint: 'Start pcc first; where it has another socket, name that with --control or PCC_CONTROL.',
      cause: error,
    });
  }
}

function isMarked(reply: unknown): reply is Marked {
  const { run, identifier, timestamp } = (reply ?? {}) as Partial<Marked>;
  return typeof run === 'string' && typeof identifier === 'string' && typeof timestamp === 'number';
}
