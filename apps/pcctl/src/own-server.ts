/**
 * Who serves an address of this machine: the key that pcd left for its administrator must not go to whoever took pcd's
 * port while pcd is down, which every user may.
 */
import { readFileSync, statSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';

/** `st` of a line of /proc/net/tcp: TCP_LISTEN. */
const LISTENING = '0A';

/**
 * The users that listen there, none where nobody does. On a port all listeners count, whichever of this machine's addresses
 * they have.
 * @param server `http://127.0.0.1:8080`, `unix:/run/pcd/pcd.sock`
 */
export function listenersOf(server: string): number[] {
  if (server.startsWith('unix:')) return ownerOf(server.slice('unix:'.length));
  const { port, protocol } = new URL(server);
  const wanted = Number(port) || (protocol === 'https:' ? 443 : 80);
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => listenersIn(textOf(path), wanted));
}

/**
 * Who listens on a port, from the text of /proc/net/tcp (Documentation/networking/proc_net_tcp.rst):
 *     0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 …
 */
export function listenersIn(text: string, port: number): number[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return lines
    .filter(([, local = '', , state]) => state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .map((words) => Number(words[7]));
}

function ownerOf(path: string): number[] {
  return whereThere(() => [statSync(path).uid]) ?? [];
}

function textOf(path: string): string {
  return whereThere(() => readFileSync(path, 'utf8')) ?? '';
}

function whereThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return undefined;
    throw error;
  }
}
