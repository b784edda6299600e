import { codeOf, systemError, UserError } from '@perfcollector/cli';
import { parseJson } from '@perfcollector/procfs';
import { connectTo, readLine } from './connection.ts';
import type { Marked, Status } from './control-server.ts';

/**
 * Has the pcc that listens there put a mark into its collection.
 * @throws UserError where none listens, or it refuses
 */
export async function sendMark(path: string, text: string): Promise<Marked> {
  const reply = await ask(path, { mark: text });
  if (isMarked(reply)) return reply;
  throw new UserError('REFUSED', `the mark was not taken on ${path}: ${refusalIn(reply)}`);
}

/** Asks the pcc that listens there how it does. @throws UserError where none listens, or it does not say */
export async function askStatus(path: string): Promise<Status> {
  const reply = await ask(path, { status: true });
  if (isStatus(reply)) return reply;
  throw new UserError('REFUSED', `the pcc on ${path} does not tell how it does: ${refusalIn(reply)}`);
}

async function ask(path: string, request: object): Promise<unknown> {
  try {
    const socket = await connectTo(path);
    const reply = readLine(socket);
    socket.write(`${JSON.stringify(request)}\n`);
    const answer = await reply.finally(() => socket.destroy());
    return parseJson(answer);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ECONNREFUSED') throw systemError(`ask pcc on ${path}`, error);
    throw new UserError('NO_AGENT', `no pcc is running with the control socket ${path}`, {
      hint: 'Start pcc first; where it has another socket, name that with --control or PCC_CONTROL.',
      cause: error,
    });
  }
}

function refusalIn(reply: unknown): string {
  const { error } = (reply ?? {}) as { error?: unknown };
  return typeof error === 'string' ? error : 'something else than pcc answers there';
}

function isMarked(reply: unknown): reply is Marked {
  const { run, identifier, timestamp } = (reply ?? {}) as Partial<Marked>;
  return typeof run === 'string' && typeof identifier === 'string' && typeof timestamp === 'number';
}

function isStatus(reply: unknown): reply is Status {
  const { run, identifier, interval, age } = (reply ?? {}) as Partial<Status>;
  const isNamed = typeof run === 'string' && typeof identifier === 'string';
  return isNamed && typeof interval === 'number' && typeof age === 'number';
}
