import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Slower than this, over the whole time that a client is given, is no progress. Bytes a second. */
const LEAST_RATE = 1024;
const CHECKS_IN_TIME = 4;

/** A request that is not over yet. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How far it was when its client last made progress, or pcd was busy with it; and the checks since then. */
  bytes: number;
  checks: number;
}

/**
 * Cuts off who sends a body, or takes an answer, slower than 1 KiB a second for `stallMs`: a body that is trickled a byte
 * at a time holds its memory, an export that nobody reads holds a piece of it and its place in the store. However long
 * a client takes is no matter while it makes progress, and the time that pcd itself needs is never held against it.
 */
export function cutStalled(server: Server, stallMs: number): void {
  const exchanges = new Set<Exchange>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const exchange = { request, response, bytes: movedOn(request), checks: 0 };
    exchanges.add(exchange);
    // A client may still be sending what was refused long ago.
    response.once('close', () => isOver(exchange) && exchanges.delete(exchange));
  });
  const check = () => {
    for (const exchange of exchanges) {
      if (isOver(exchange)) exchanges.delete(exchange);
      else if (isStalled(exchange, stallMs)) exchange.request.socket.destroy();
    }
  };
  const timer = setInterval(check, stallMs / CHECKS_IN_TIME).unref();
  server.once('close', () => clearInterval(timer));
}

function isOver({ request, response }: Exchange): boolean {
  return request.socket.destroyed || (response.closed && request.complete);
}

/** Checks are counted, not time: while pcd itself stands still nobody is waited for. */
function isStalled(exchange: Exchange, stallMs: number): boolean {
  const bytes = movedOn(exchange.request);
  if (isWaitedFor(exchange) && bytes - exchange.bytes < (LEAST_RATE * stallMs) / 1000) {
    exchange.checks += 1;
    return exchange.checks > CHECKS_IN_TIME;
  }
  exchange.bytes = bytes;
  exchange.checks = 0;
  return false;
}

/** Whether the client is to send or to take something now. What has come and is not read yet is pcd's to read. */
function isWaitedFor({ request, response }: Exchange): boolean {
  if (request.socket.writableLength > 0) return true;
  return !request.complete && (request.readableLength === 0 || response.closed);
}

/** Bytes that have come and gone on a connection. */
function movedOn({ socket }: IncomingMessage): number {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}
