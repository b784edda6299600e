import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { normalizeIP } from '@fastify/rate-limit';
import type { Limits } from './limits.ts';

/**
 * Bounds the open connections. Beyond the limit the one that has been idle for longest makes room: who holds thousands and
 * says nothing keeps nobody out. One address has a limit of its own; the machine itself has none, for a proxy on it
 * brings everybody's connections.
 */
export function limitConnections(server: Server, limits: Pick<Limits, 'connections' | 'addressConnections'>): void {
  /** Without a request, the one that has been so for longest first. */
  const idle = new Set<Socket>();
  const open = new Map<Socket, string>();
  const byAddress = new Map<string, number>();
  const forget = (socket: Socket, address: string) => {
    idle.delete(socket);
    open.delete(socket);
    const others = (byAddress.get(address) ?? 1) - 1;
    if (others > 0) byAddress.set(address, others);
    else byAddress.delete(address);
  };
  const admit = (socket: Socket): void => {
    const address = addressOf(socket.remoteAddress);
    const ofAddress = byAddress.get(address) ?? 0;
    if (!isLocal(address) && ofAddress >= limits.addressConnections) return void socket.destroy();
    if (open.size >= limits.connections) {
      const [longest = socket] = idle;
      longest.destroy();
      if (longest === socket) return;
      forget(longest, open.get(longest) ?? '');
    }
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    open.set(socket, address);
    idle.add(socket);
    socket.once('close', () => open.has(socket) && forget(socket, address));
  };
  // A TLS server's `connection` is the bare one, which no request names.
  server.on('secureConnection', admit);
  server.on('connection', (socket: Socket) => isBare(server, socket) || admit(socket));
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => open.has(socket) && idle.add(socket));
  });
}

function isBare(server: Server, socket: Socket): boolean {
  return 'setSecureContext' in server && !(socket instanceof TLSSocket);
}

/** An address as one that limits count: of IPv6 a /64, which is one subscriber's. A unix socket has none. */
export function addressOf(remote: string | undefined): string {
  return remote === undefined || remote === '' ? 'local' : normalizeIP(remote);
}

function isLocal(address: string): boolean {
  return address === 'local' || address.startsWith('127.') || address === '::';
}
