import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { codeOf } from './errors.ts';

/**
 * What is at a path where a program wants to listen: nothing, the socket of a process that is gone (a `kill -9` leaves
 * it behind), one on which somebody answers, or something else than a socket.
 */
export type SocketState = 'absent' | 'stale' | 'answered' | 'other';

/** @throws the system's error where the path cannot be looked at */
export async function socketStateOf(path: string): Promise<SocketState> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'absent';
  if (!found.isSocket()) return 'other';
  return (await isAnswered(path)) ? 'answered' : 'stale';
}

/** Where nobody can tell (no permission, a full queue), somebody may listen. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
  });
}
