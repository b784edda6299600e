import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { codeOf, type Log, makeDirectory, socketStateOf, systemError, UserError } from '@perfcollector/cli';
import { parseJson } from '@perfcollector/procfs';
import { readLine } from './connection.ts';
import { controlPath } from './control-path.ts';
import { markProblem } from './mark-text.ts';

/** What a mark's sender is told: where it went. */
export interface Marked {
  readonly run: string;
  readonly identifier: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly collection?: string;
  readonly server?: string;
}

/** What a run tells of itself to who looks after it. */
export interface Status {
  readonly run: string;
  readonly identifier: string;
  /** Seconds between ticks. */
  readonly interval: number;
  readonly taken: number;
  readonly missed: number;
  /** How long ago the last sample was taken, in seconds; since the start, where none was. */
  readonly age: number;
  /** Samples that the file or the server does not have yet. */
  readonly waiting: number;
}

export interface ControlSetup extends Answers {
  /** The socket's path as it was asked for. */
  readonly control: string | undefined;
  readonly log: Log;
}

export interface Answers {
  readonly mark: (text: string) => Marked;
  readonly status: () => Status;
}

/** Takes marks and tells how the run does, on a Unix socket. Open it with `openControl`. */
export class Control {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, answers: Answers) {
    this.#server = server;
    server.unref(); // it must not keep a run alive that is over
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      void answer(socket, answers);
    });
  }

  /** Ends; the socket's path goes too. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroySoon();
    await closed;
  }
}

/**
 * Begins to listen, for the owner alone. Sampling does not depend on it: where it cannot be had, that is said and the
 * run goes on without.
 */
export async function openControl({ control, log, ...answers }: ControlSetup): Promise<Control | undefined> {
  try {
    const path = controlPath(control);
    return path === undefined ? undefined : new Control(await listenOn(path), answers);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint } = error;
    log.warn(`pcc mark does not reach this run: ${message}${hint === undefined ? '' : `. ${hint}`}`);
    return undefined;
  }
}

/** @throws UserError */
async function listenOn(path: string): Promise<Server> {
  try {
    if (makeDirectory(dirname(path), 0o700)) chmodSync(dirname(path), 0o700); // whatever the umask made of it
    const server = (await tryListen(path)) ?? (await takeOver(path));
    chmodSync(path, 0o600);
    return server;
  } catch (error) {
    throw error instanceof UserError ? error : systemError(`listen on ${path}`, error);
  }
}

/** Undefined where the path is taken. @throws the system's error */
function tryListen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(path, () => resolve(server));
  });
}

/** A socket whose owner was killed stays behind, and nobody answers there. */
async function takeOver(path: string): Promise<Server> {
  const state = await socketStateOf(path);
  if (state === 'other') throw new UserError('NO_SOCKET', `${path} is something else than a socket`, { hint: ANOTHER });
  if (state === 'answered') throw inUse(path);
  rmSync(path, { force: true });
  const server = await tryListen(path);
  if (!server) throw inUse(path);
  return server;
}

const ANOTHER = 'Give this one a control socket of its own with --control or PCC_CONTROL; none for no socket';

function inUse(path: string): UserError {
  return new UserError('IN_USE', `another pcc listens on ${path}, and marks go to that one`, { hint: ANOTHER });
}

async function answer(socket: Socket, answers: Answers): Promise<void> {
  try {
    const request = await readLine(socket);
    socket.end(`${JSON.stringify(replyTo(request, answers))}\n`);
  } catch {
    socket.destroy(); // whoever asked has gone, or is no pcc: there is nobody to tell
  }
}

function replyTo(request: string, { mark, status }: Answers): Marked | Status | { error: string } {
  const { mark: text, status: isAsked } = requestIn(request);
  if (isAsked === true) return status();
  if (typeof text !== 'string') return { error: 'expected one line of JSON, such as {"mark":"deploy 42"}' };
  const problem = markProblem(text);
  return problem === undefined ? mark(text) : { error: problem };
}

function requestIn(request: string): { mark?: unknown; status?: unknown } {
  try {
    return parseJson(request) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
