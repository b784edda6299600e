/** What the tests of limits share: HTTP by hand, where no client would send what they send. Nothing else imports it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** A connection that says what it is told to, and hears what comes. */
export class RawConnection {
  readonly socket: Socket;
  /** When it has been closed, by whomever. */
  readonly closed: Promise<unknown>;
  #heard = '';
  #onChange = () => {};

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.#heard += text;
      this.#onChange();
    });
    this.socket.on('error', () => {}); // a server that cuts off is what these tests are about
    this.socket.on('close', () => this.#onChange());
  }

  /** The next whole answer (to HEAD, its head); what is there of it where the connection is closed before, or undefined where nothing is. */
  answer(isHeadOnly = false): Promise<RawAnswer | undefined> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        const end = endOf(this.#heard, isHeadOnly) ?? (this.socket.destroyed ? this.#heard.length : undefined);
        if (end === undefined) return;
        const text = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end);
        resolve(text === '' ? undefined : { status: Number(text.slice(9, 12)), text });
      };
      this.#onChange();
    });
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }
}

/** A connection that is open. */
export async function openRaw(url: string): Promise<RawConnection> {
  const connection = new RawConnection(url);
  await once(connection.socket, 'connect');
  return connection;
}

/** A request as bytes; its length is said unless the headers say something of it. */
export function requestBytes(line: string, headers: readonly string[], body: Uint8Array | string = ''): Buffer {
  const bytes = Buffer.from(body);
  const isSaid = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header));
  const all = ['Host: pcd', ...headers, ...(isSaid || bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`])];
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Where the first answer ends; undefined where more of it must come. */
function endOf(heard: string, isHeadOnly: boolean): number | undefined {
  const headEnd = heard.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = heard.slice(0, headEnd);
  const body = headEnd + 4;
  if (isHeadOnly || /^HTTP\/1.1 1\d\d /.test(head)) return body;
  if (/^transfer-encoding: chunked/im.test(head)) {
    const last = heard.indexOf('0\r\n\r\n', body);
    return last < 0 ? undefined : last + 5;
  }
  const end = body + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return end <= heard.length ? end : undefined;
}
