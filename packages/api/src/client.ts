import type { Readable } from 'node:stream';
import { identifierProblem } from '@perfcollector/collection';
import { Agent, type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';
import * as contract from './contract.ts';
import { checkKey, parseServer } from './server-address.ts';
import { tlsProblem } from './tls-problem.ts';
import type { TlsFiles } from './trickle/http-connection.ts';
import { TrickleConnection } from './trickle/trickle-connection.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:8080`, `unix:/run/pcd/pcd.sock` */
  readonly server: string;
  readonly apiKey?: string | undefined;
  /** For an https server. */
  readonly tls?: TlsFiles | undefined;
  /** How long to wait for the head of an answer, and between two pieces of it. */
  readonly timeoutMs?: number;
}

export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface SeriesQuery extends Range {
  /** Names, each with any number of `*`. */
  readonly fields: readonly string[];
  /** At most so many steps. */
  readonly points?: number | undefined;
}

/** A connection to one pcd, kept alive between requests. Every method throws ApiError. */
export class Client {
  readonly server: string;
  readonly #base: string;
  readonly #apiKey: string | undefined;
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  readonly #tls: TlsFiles;
  #trickle: TrickleConnection | undefined;

  /** @throws ApiError (BAD_SERVER, BAD_KEY) where the address or the key cannot be one */
  constructor({ server, apiKey, tls = {}, timeoutMs = 30_000 }: ClientOptions) {
    const { server: given, base, socketPath } = parseServer(server);
    this.server = given;
    this.#base = base;
    this.#apiKey = apiKey === undefined ? undefined : checkKey(apiKey);
    this.#timeoutMs = timeoutMs;
    this.#tls = tls;
    this.#agent = new Agent({
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: Math.min(timeoutMs, 10_000), ...known(tls), ...(socketPath !== undefined && { socketPath }) },
    });
  }

  ping(timestamp: number) {
    return this.#json('POST', '/v1/ping', { body: { timestamp }, reply: contract.pingReply });
  }

  version() {
    return this.#json('GET', '/v1/version', { reply: contract.versionReply });
  }

  /** The description of all requests, in OpenAPI. */
  openapi() {
    return this.#json('GET', '/openapi.json', { reply: contract.openApiDocument });
  }

  /** Whether the server can take and give samples. */
  health() {
    return this.#json('GET', '/v1/health', { reply: contract.healthReply });
  }

  /** How much the server logs. */
  logLevel() {
    return this.#json('GET', '/v1/loglevel', { reply: contract.logLevel });
  }

  setLogLevel(level: contract.LogLevel) {
    return this.#json('POST', '/v1/loglevel', { body: { level }, reply: contract.logLevel });
  }

  status() {
    return this.#json('GET', '/v1/status', { reply: contract.statusReply });
  }

  /**
   * Sends lines of a collection; when it returns, they are on the server's disk.
   * @param lines encoded, as a collection holds them
   */
  async trickle(identifier: string, lines: readonly string[]): Promise<void> {
    const timeouts = { connectTimeoutMs: Math.min(this.#timeoutMs, 10_000), answerTimeoutMs: this.#timeoutMs };
    this.#trickle ??= new TrickleConnection({ server: this.server, apiKey: this.#apiKey, tls: this.#tls, ...timeouts });
    const encoded = lines.map((line) => Buffer.from(line));
    await this.#trickle.send(identifier, encoded);
  }

  /** Sends a whole collection, packed or not; it may take as long as it takes. */
  upload(bytes: Readable, identifier?: string) {
    const query = identifier === undefined ? {} : { identifier };
    const headers = { 'content-type': 'application/octet-stream' };
    return this.#send('POST', '/v1/upload', {
      body: bytes,
      headers,
      query,
      headersTimeout: 0,
      reply: contract.uploadReply,
    });
  }

  machines() {
    return this.#json('GET', '/v1/machines', { reply: contract.machineList });
  }

  async machine(id: string) {
    return this.#json('GET', machinePath(id), { reply: contract.machineDetails });
  }

  async deleteMachine(id: string) {
    return this.#json('DELETE', machinePath(id), { reply: contract.machineDeleted });
  }

  /** The machine's collection as it is stored: JSON lines. */
  async collection(id: string, range: Range): Promise<Readable> {
    const path = `${machinePath(id)}/collection`;
    return this.#stream(path, { query: { from: range.from, to: range.to } }, contract.COLLECTION_TYPE);
  }

  /** Which samples of the machine are missing, run by run. */
  async completeness(id: string, range: Range = {}) {
    const query = { from: range.from, to: range.to };
    return this.#send('GET', `${machinePath(id)}/completeness`, { query, reply: contract.completeness });
  }

  /** How fields of the machine went over time; of the last 24 hours where no time is given. */
  async series(id: string, { fields, ...range }: SeriesQuery) {
    const query = { ...range, fields: fields.join(',') };
    return this.#send('GET', `${machinePath(id)}/series`, { query, reply: contract.seriesReply });
  }

  keys() {
    return this.#json('GET', '/v1/keys', { reply: contract.keyList });
  }

  createKey(body: contract.KeyRequest) {
    return this.#json('POST', '/v1/keys', { body, reply: contract.newKey });
  }

  revokeKey(id: string) {
    return this.#json('DELETE', `/v1/keys/${encodeURIComponent(id)}`, { reply: contract.keyRevoked });
  }

  /** @param overlap seconds that the old secret stays valid */
  rotateKey(id: string, overlap = 0) {
    const body = { overlap };
    return this.#json('POST', `/v1/keys/${encodeURIComponent(id)}/rotate`, { body, reply: contract.newKey });
  }

  /** What administrators did, the newest first. */
  audit(query: Range & { readonly limit?: number | undefined; readonly tenant?: string | undefined } = {}) {
    return this.#send('GET', '/v1/audit', { query: { ...query }, reply: contract.auditReply });
  }

  /** Makes a backup on the server, in its own folder of backups. Like all work on the whole store it takes as long as it takes. */
  backup(name?: string) {
    return this.#json('POST', '/v1/backup', { body: { name }, headersTimeout: 0, reply: contract.backupReply });
  }

  /** A backup that is made now, as the bytes of its file. */
  async downloadBackup(): Promise<Readable> {
    return this.#stream('/v1/backup', { headersTimeout: 0 }, contract.BACKUP_TYPE);
  }

  /** Deletes what shall not be kept. */
  prune(body: contract.PruneRequest) {
    return this.#json('POST', '/v1/prune', { body, headersTimeout: 0, reply: contract.pruneReply });
  }

  /** Reads the whole store and tells what is wrong with it. */
  verify() {
    return this.#json('POST', '/v1/verify', { headersTimeout: 0, reply: contract.verifyReply });
  }

  /** Packs every sample that waits for its hour to be complete. */
  seal() {
    return this.#json('POST', '/v1/seal', { headersTimeout: 0, reply: contract.sealReply });
  }

  /** Gives the space of what was deleted back to the server's file system. */
  vacuum() {
    return this.#json('POST', '/v1/vacuum', { headersTimeout: 0, reply: contract.vacuumReply });
  }

  close(): Promise<void> {
    this.#trickle?.close();
    return this.#agent.close();
  }

  /** Ends without waiting for answers. */
  destroy(): Promise<void> {
    this.#trickle?.close();
    return this.#agent.destroy();
  }

  #json<T>(method: Method, path: string, { body, ...call }: JsonCall & { reply: z.ZodType<T> }): Promise<T> {
    if (body === undefined) return this.#send(method, path, call);
    const headers = { 'content-type': 'application/json' };
    return this.#send(method, path, { ...call, body: JSON.stringify(body), headers });
  }

  async #send<T>(method: Method, path: string, call: Call & { reply: z.ZodType<T> }): Promise<T> {
    const { body, statusCode } = await this.#request(method, path, call);
    const parsed = call.reply.safeParse(parseJson(await this.#textOf(body)));
    if (parsed.success) return parsed.data;
    throw this.#notPcd(`${method} ${path}`, statusCode);
  }

  /** @returns the body as it comes. @throws ApiError where it is of another type: a page of some other server is no data */
  async #stream(path: string, call: Call, type: string): Promise<Readable> {
    const { body, headers, statusCode } = await this.#request('GET', path, call);
    if ([headers['content-type']].flat()[0]?.startsWith(type)) return body;
    body.on('error', () => {}).destroy();
    throw this.#notPcd(`GET ${path}`, statusCode);
  }

  #notPcd(request: string, status: number): ApiError {
    return new ApiError(`${this.server} gave no answer that pcd would give to ${request}`, { code: 'NOT_PCD', status });
  }

  async #request(method: Method, path: string, call: Call): Promise<Dispatcher.ResponseData> {
    const answer = await this.#dispatch(method, path, call);
    if (answer.statusCode < 300) return answer;
    const status = answer.statusCode;
    const said = contract.errorReply.safeParse(parseJson(await this.#textOf(answer.body)));
    const requestId = [answer.headers['x-request-id']].flat()[0];
    if (said.success)
      throw new ApiError(`${this.server} refused: ${said.data.error}`, { code: said.data.code, status, requestId });
    throw new ApiError(`${this.server} answered ${method} ${path} with HTTP ${status}`, { code: 'NOT_PCD', status });
  }

  async #dispatch(method: Method, path: string, call: Call): Promise<Dispatcher.ResponseData> {
    const headers = { ...call.headers, ...(this.#apiKey !== undefined && { 'x-api-key': this.#apiKey }) };
    const query = Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined));
    try {
      return await request(`${this.#base}${path}`, {
        method,
        headers,
        query,
        body: call.body ?? null,
        dispatcher: this.#agent,
        ...(call.headersTimeout !== undefined && { headersTimeout: call.headersTimeout }),
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** The answer's body; the connection may still break while it comes. */
  async #textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
    try {
      return await body.text();
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** A server that wants a certificate lets the handshake end and closes then; of its alert undici tells nothing. */
  #suspicion(code: string | undefined): string | undefined {
    if (!this.#base.startsWith('https:') || (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET')) return undefined;
    return `it closed the connection, perhaps for want of a certificate that it trusts (${code})`;
  }

  /** Anything may come of a connection; only what the caller did wrong, or its own file, is not the server's. */
  #unreachable(error: unknown): unknown {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    const isOfFile = FILE_CODES.has(code ?? '') && syscall !== 'connect';
    if (error instanceof TypeError || code?.startsWith('ERR_INVALID') || isOfFile) return error;
    const problem = tlsProblem(error as NodeJS.ErrnoException) ?? this.#suspicion(code);
    if (problem !== undefined)
      return new ApiError(`cannot reach ${this.server} securely: ${problem}`, { code: 'TLS', status: 0, cause: error });
    return new ApiError(`cannot reach ${this.server}: ${code ?? message}`, {
      code: 'UNREACHABLE',
      status: 0,
      cause: error,
    });
  }
}

/** undici takes no member that is undefined. */
function known({ ca, cert, key }: TlsFiles): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** What reading a file to be sent can fail with, and a connection cannot. */
const FILE_CODES = new Set(['EIO', 'EISDIR', 'ESTALE', 'ENOENT', 'EACCES']);

type Method = 'GET' | 'POST' | 'DELETE';

interface Call {
  readonly body?: string | Uint8Array | Readable;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Milliseconds; 0 waits for ever. */
  readonly headersTimeout?: number;
}

interface JsonCall extends Pick<Call, 'headersTimeout'> {
  readonly body?: unknown;
}

/** @throws ApiError: an identifier that is none (`..`) would lead to another address */
function machinePath(id: string): string {
  const problem = identifierProblem(id);
  if (problem) throw new ApiError(problem, { code: 'BAD_IDENTIFIER', status: 0 });
  return `/v1/machines/${encodeURIComponent(id)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
