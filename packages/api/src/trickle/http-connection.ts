import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { AnswerError, type HttpAnswer, parseAnswer } from './parse-answer.ts';

/** Certificates in PEM: what is trusted instead of the public authorities, and what this side shows of itself. */
export interface TlsFiles {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

export interface Endpoint {
  readonly url: URL;
  /** The Unix socket that leads there, instead of the URL's host. */
  readonly socketPath: string | undefined;
  readonly tls: TlsFiles;
  /** Until the connection stands, TLS included. */
  readonly connectTimeoutMs: number;
  /** Until the whole answer is there, once the request has left. */
  readonly answerTimeoutMs: number;
}

/** The time for something was over. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The connection ended before a byte of an answer came. */
class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Two addresses of a server are tried one after the other; Node gives each 250 ms, which is little for a satellite. */
const ADDRESS_TIMEOUT_MS = 2000;

/**
 * One connection, one request at a time, kept alive in between: HTTP/1.1 over node:net as far as sending samples needs
 * it. Measured with Node 26 (anonymous memory / all of it, in MB): bare 8.6/44, with node:net 8.8, with node:http
 * 15.5/60, with undici 21/72; after 20,000 requests those two are at 28 to 45.
 */
export class HttpConnection {
  readonly #endpoint: Endpoint;
  #socket: Socket | undefined;
  #opened = 0;
  #isClosed = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** How many connections were opened so far. */
  get opened(): number {
    return this.#opened;
  }

  /**
   * Sends a request and waits for its answer. A server may close a connection that it kept alive at any time, also just
   * when a request is on its way: then it goes out once more at once, on a fresh connection.
   * @throws AnswerError, TimeoutError, and what sockets and TLS throw
   */
  async request(head: string, body: readonly Uint8Array[]): Promise<HttpAnswer> {
    const isReused = this.#socket !== undefined;
    try {
      return await this.#exchange(await this.#connected(), head, body);
    } catch (error) {
      if (!isReused || !(error instanceof ConnectionLost) || this.#isClosed) throw error;
      return await this.#exchange(await this.#connected(), head, body);
    }
  }

  /** Ends it, also under a request; one that comes after it is refused. */
  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  async #connected(): Promise<Socket> {
    if (this.#isClosed) throw new ConnectionLost('the connection was closed on this side');
    if (this.#socket) return this.#socket;
    const isSecure = this.#endpoint.url.protocol === 'https:';
    const socket = isSecure ? await this.#openSecurely() : connect(this.#address());
    this.#socket = socket;
    this.#opened += 1;
    socket.setNoDelay(true).on('error', () => {}); // told by the exchange; an idle connection just goes
    socket.once('close', () => this.#forget(socket));
    if (this.#isClosed) socket.destroy();
    await this.#untilReady(socket, isSecure ? 'secureConnect' : 'connect');
    return socket;
  }

  #address() {
    const { url, socketPath } = this.#endpoint;
    if (socketPath !== undefined) return { path: socketPath };
    const { hostname, port, protocol } = url;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    };
  }

  /** node:tls is loaded for those who need it. */
  async #openSecurely(): Promise<Socket> {
    const tls = await import('node:tls');
    const files = Object.fromEntries(Object.entries(this.#endpoint.tls).filter(([, file]) => file !== undefined));
    const options: ConnectionOptions = { ...this.#address(), ...files, ALPNProtocols: ['http/1.1'] };
    return tls.connect(options);
  }

  #untilReady(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy(new TimeoutError(`no connection within ${this.#endpoint.connectTimeoutMs / 1000} s`));
      }, this.#endpoint.connectTimeoutMs);
      const fail = (error?: Error) => {
        clearTimeout(timer);
        reject(error ?? new ConnectionLost('the connection was closed before it stood'));
      };
      const onClose = () => fail();
      socket.once('error', fail).once('close', onClose);
      socket.once(event, () => {
        clearTimeout(timer);
        socket.off('error', fail).off('close', onClose);
        resolve();
      });
    });
  }

  #exchange(socket: Socket, head: string, body: readonly Uint8Array[]): Promise<HttpAnswer> {
    const { answerTimeoutMs } = this.#endpoint;
    return new Promise<HttpAnswer>((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => {
        fail(new TimeoutError(`no answer within ${answerTimeoutMs / 1000} s`));
      }, answerTimeoutMs);
      const settle = () => {
        clearTimeout(timer);
        socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onEnd);
      };
      const fail = (error: Error) => {
        settle();
        this.#drop(socket);
        reject(error);
      };
      const read = (isEnd: boolean) => {
        try {
          const parsed = parseAnswer(received, isEnd);
          if (!parsed) return;
          settle();
          // Bytes behind the answer belong to no request: such a connection is not to be trusted with another one.
          if (isEnd || !parsed.answer.isKeptAlive || parsed.length < received.length) this.#drop(socket);
          else this.#idle(socket);
          resolve(parsed.answer);
        } catch (error) {
          if (!(error instanceof AnswerError)) throw error;
          fail(error);
        }
      };
      const onData = (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        read(false);
      };
      const onError = (error: Error) => fail(received.length > 0 ? error : lost(error));
      const onEnd = () => {
        if (received.length > 0) read(true);
        else fail(new ConnectionLost('the server closed the connection without an answer'));
      };
      socket.off('data', destroyOnData).on('data', onData).on('end', onEnd).on('error', onError).on('close', onEnd);
      socket.cork();
      socket.write(head, 'latin1');
      for (const piece of body) socket.write(piece);
      socket.write('', () => timer.refresh()); // the time for the answer begins when the request has left
      socket.uncork();
    });
  }

  /** Between two requests the server has nothing to say but that it closes. */
  #idle(socket: Socket): void {
    socket.on('data', destroyOnData);
  }

  #drop(socket: Socket): void {
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }
}

function destroyOnData(this: Socket): void {
  this.destroy();
}

/** How a connection looks that the other side has closed already; what else goes wrong keeps its name. */
function lost(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ECONNRESET' && code !== 'EPIPE') return error;
  return Object.assign(new ConnectionLost(error.message, { cause: error }), { code });
}
