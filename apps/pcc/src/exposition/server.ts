import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Log, systemError, UserError } from '@perfcollector/cli';
import { parseSample } from '../agent/parse-sample.ts';
import type { ListenAddress } from './address.ts';
import { expose, type Format } from './exposition.ts';
import type { ExposedHost } from './names.ts';

const TYPES = {
  plain: 'text/plain; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const LOW_PORT = 'Choose a port from 1024 on, or run pcc with CAP_NET_BIND_SERVICE.';

/** Serves the last sample on /metrics. A tick costs it one copy of the line; text is made when somebody asks. */
export class Exposition {
  readonly #server: Server;
  readonly #host: ExposedHost;
  #last: Buffer | undefined;

  private constructor(host: ExposedHost) {
    this.#host = host;
    this.#server = createServer({ requestTimeout: 10_000 }, (request, response) => this.#answer(request, response));
    this.#server.maxConnections = 64;
  }

  /** @throws UserError where the address cannot be listened on */
  static async open(address: ListenAddress, host: ExposedHost, log: Log): Promise<Exposition> {
    const exposition = new Exposition(host);
    const server = exposition.#server;
    const listening = new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address.host, port: address.port }, resolve);
    });
    try {
      await listening;
    } catch (error) {
      const { code, message, hint } = systemError(`listen on ${address.text}`, error);
      throw new UserError(code, message, { hint: code === 'EACCES' ? LOW_PORT : hint, cause: error });
    }
    server.removeAllListeners('error');
    server.on('error', (error) => log.warn(`the metrics server: ${error.message}`));
    const { port } = server.address() as { port: number };
    log.info(`the last sample is at http://${address.shownHost}:${port}/metrics`);
    if (!address.isLoopback)
      log.warn(`whoever reaches ${address.text} can read this host's numbers: it asks for no key`);
    return exposition;
  }

  /** Takes the line over; it is valid during the call only. */
  readonly onSample = (line: Uint8Array): void => {
    if (!this.#last || this.#last.length < line.length) this.#last = Buffer.alloc(line.length + 4096);
    this.#last.set(line);
    this.#last.fill(0x20, line.length);
  };

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const wantsOpen = headers.accept?.includes('application/openmetrics-text');
    const {
      status,
      type = TYPES.plain,
      text,
    } = this.#page(method, url.split('?')[0], wantsOpen ? 'openmetrics' : 'prometheus');
    response.writeHead(status, { 'content-type': type });
    response.end(method === 'HEAD' ? undefined : text);
  }

  #page(method: string, path: string | undefined, format: Format): Page {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET is answered here\n' };
    if (path === '/') return { status: 200, text: 'pcc: see /metrics\n' };
    if (path !== '/metrics') return { status: 404, text: 'see /metrics\n' };
    if (!this.#last) return { status: 503, text: 'no sample has been taken yet\n' };
    return { status: 200, type: TYPES[format], text: expose(parseSample(this.#last), this.#host, format) };
  }
}

interface Page {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}
