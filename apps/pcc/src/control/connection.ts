import { connect, type Socket } from 'node:net';

/** Longest message, either way: a mark's text, and what JSON may make of it. */
const MOST_BYTES = 64 * 1024;
const PATIENCE_MS = 10_000;

/** Connects to a control socket. @throws the system's error: ENOENT, ECONNREFUSED where nobody listens */
export function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Reads one line, without its line feed. @throws Error where none comes whole, or none in time */
export function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => reject(new Error('no answer came in time')));
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the connection ended before its line did')));
    socket.on('data', (text: string) => {
      received += text;
      const end = received.indexOf('\n');
      if (end >= 0) resolve(received.slice(0, end));
      else if (received.length > MOST_BYTES) reject(new Error('the line is too long'));
    });
  });
}
