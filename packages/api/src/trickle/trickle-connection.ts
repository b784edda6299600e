import { ApiError } from '../api-error.ts';
import { checkKey, parseServer } from '../server-address.ts';
import { tlsProblem } from '../tls-problem.ts';
import { HttpConnection, TimeoutError, type TlsFiles } from './http-connection.ts';
import { Packer } from './packer.ts';
import { AnswerError, type HttpAnswer } from './parse-answer.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface TrickleOptions {
  /** `http://127.0.0.1:8080`, `https://proxy/pcd`, `unix:/run/pcd/pcd.sock` */
  readonly server: string;
  readonly apiKey?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
}

/** A connection to a pcd that takes samples, kept alive in between. One request at a time: others wait for their turn. */
export class TrickleConnection {
  readonly server: string;
  readonly #http: HttpConnection;
  readonly #packer = new Packer();
  /** The head of every request but for the length of its body. */
  readonly #head: string;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws ApiError (BAD_SERVER, BAD_KEY) where the address or the key cannot be one */
  constructor({ server, apiKey, tls = {}, connectTimeoutMs = 10_000, answerTimeoutMs = 30_000 }: TrickleOptions) {
    const { server: given, base, socketPath } = parseServer(server);
    this.server = given;
    const url = new URL(base);
    this.#head = headOf(url, apiKey === undefined ? undefined : checkKey(apiKey));
    this.#http = new HttpConnection({ url, socketPath, tls, connectTimeoutMs, answerTimeoutMs });
  }

  /** How many connections were opened so far; the server knows nothing of what was said on an earlier one. */
  get opened(): number {
    return this.#http.opened;
  }

  /**
   * Sends lines of a collection; when it returns, they are on the server's disk.
   * @param lines encoded, as a collection holds them
   * @throws ApiError
   */
  send(identifier: string, lines: readonly Uint8Array[]): Promise<void> {
    const sent = this.#turn.then(() => this.#send(identifier, lines));
    this.#turn = sent.catch(() => {});
    return sent;
  }

  /** Ends it, also under a request. */
  close(): void {
    this.#http.close();
    this.#packer.close();
  }

  async #send(identifier: string, lines: readonly Uint8Array[]): Promise<void> {
    const body = await this.#packer.pack(piecesOf(identifier, lines));
    const length = body.reduce((sum, { length }) => sum + length, 0);
    const answer = await this.#request(`${this.#head}Content-Length: ${length}\r\n\r\n`, body);
    if (answer.status >= 300) throw this.#refusal(answer);
    if (answer.body.toString().trim() === '{}') return;
    throw new ApiError(`${this.server} gave no answer that pcd would give to POST /v1/trickle`, {
      code: 'NOT_PCD',
      status: answer.status,
    });
  }

  async #request(head: string, body: readonly Uint8Array[]): Promise<HttpAnswer> {
    try {
      return await this.#http.request(head, body);
    } catch (error) {
      throw this.#unreachable(error as NodeJS.ErrnoException);
    }
  }

  #refusal({ status, headers, body }: HttpAnswer): ApiError {
    const retryAfter = parseRetryAfter(headers.get('retry-after'), Date.now());
    const said = errorReply(body.toString());
    if (said) return new ApiError(`${this.server} refused: ${said.error}`, { code: said.code, status, retryAfter });
    const message = `${this.server} answered POST /v1/trickle with HTTP ${status}`;
    return new ApiError(message, { code: 'NOT_PCD', status, retryAfter });
  }

  #unreachable(error: NodeJS.ErrnoException): ApiError {
    if (error instanceof TimeoutError) return this.#noAnswer(`: ${error.message}`, 'TIMEOUT', error);
    const problem = tlsProblem(error);
    if (problem !== undefined) return this.#noAnswer(` securely: ${problem}`, 'TLS', error);
    if (error instanceof AnswerError) return this.#noAnswer(`: ${error.message}`, 'UNREACHABLE', error);
    return this.#noAnswer(`: ${error.code ?? error.message}`, 'UNREACHABLE', error);
  }

  #noAnswer(why: string, code: string, cause: Error): ApiError {
    return new ApiError(`cannot reach ${this.server}${why}`, { code, status: 0, cause });
  }
}

/** As short as HTTP allows: at a sample a second, headers are a good part of what is sent. */
function headOf(url: URL, apiKey: string | undefined): string {
  const lines = [
    `POST ${url.pathname.replace(/\/+$/, '')}/v1/trickle HTTP/1.1`,
    `Host: ${url.host}`,
    ...(apiKey === undefined ? [] : [`X-API-Key: ${apiKey}`]),
    'Content-Type: application/json',
    'Content-Encoding: zstd',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

const COMMA = Buffer.from(',');
const LINE_FEED = 0x0a;

function piecesOf(identifier: string, lines: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [Buffer.from(`{"identifier":${JSON.stringify(identifier)},"measurements":[`)];
  for (const [at, line] of lines.entries()) {
    if (at > 0) pieces.push(COMMA);
    pieces.push(line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line);
  }
  pieces.push(Buffer.from(']}'));
  return pieces;
}

/** `{error, code}` of the contract, which the agent checks by hand: it does not load the schemas. */
function errorReply(text: string): { error: string; code: string } | undefined {
  try {
    const { error, code } = Object(JSON.parse(text)) as Record<string, unknown>;
    return typeof error === 'string' && typeof code === 'string' ? { error, code } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
