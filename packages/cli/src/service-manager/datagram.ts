/**
 * One datagram to a Unix socket (man 7 unix, man 2 sendto). Node opens no such sockets, so libc is asked itself, by
 * node:ffi; a Node that has no node:ffi (before 26.1, or built without) cannot.
 */
type Ffi = typeof import('node:ffi');

const [AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC] = [1, 2, 0o2000000];
/** A reader that reads no more must not stop this process; nor may one that has gone end it. */
const [MSG_DONTWAIT, MSG_NOSIGNAL] = [0x40, 0x4000];

const LIBC = {
  socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
  sendto: { arguments: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], return: 'i64' },
  close: { arguments: ['i32'], return: 'i32' },
} as const;

/** Sends a message to the socket of that address, or its `@` name; false where it is not taken. */
export type SendDatagram = (address: string, message: string) => boolean;

/** Undefined where this Node cannot send datagrams, or may not. */
export function openDatagrams(): SendDatagram | undefined {
  const libc = quietly(openLibc);
  if (!libc) return undefined;
  return (address, message) => {
    const socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return false;
    const [text, to] = [Buffer.from(message), socketAddress(address)];
    const sent = libc.sendto(socket, text, BigInt(text.length), MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length);
    libc.close(socket);
    return sent === BigInt(text.length);
  };
}

function openLibc() {
  try {
    const ffi = process.getBuiltinModule('node:ffi') as Ffi | undefined;
    return ffi?.dlopen(null, LIBC).functions; // of what is loaded already
  } catch {
    return undefined; // forbidden (--permission), or a libc without these: no service is to end for that
  }
}

/** `struct sockaddr_un`: two bytes in the machine's order, then the path; `@` stands for the NUL of an abstract one. */
function socketAddress(path: string): Buffer {
  const address = Buffer.concat([Buffer.from(new Uint16Array([AF_UNIX]).buffer), Buffer.from(path)]);
  if (path.startsWith('@')) address[2] = 0;
  return address;
}

/** Says on standard error that it is experimental, at its first use, in the middle of a service's log. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
