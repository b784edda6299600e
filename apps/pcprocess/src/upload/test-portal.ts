import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';

/** A form as the portal's own parser sees it. */
interface ReceivedForm {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly {
    readonly field: string;
    readonly name: string;
    readonly type: string;
    readonly text: string;
  }[];
}

type Reply = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A portal on a port of its own: it takes forms apart, and answers as the test says. */
export interface Portal {
  readonly url: string;
  readonly forms: readonly ReceivedForm[];
  /** How many requests have come, whole or not. */
  readonly requests: number;
  /** What the next requests get, one after another; then 200. */
  answer(...replies: readonly Reply[]): void;
  /** What the next request gets before anything of it is read. */
  answerEarly(reply: Reply): void;
  close(): void;
}

export const saying =
  (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, headers).end(text);

export async function startPortal(): Promise<Portal> {
  const forms: ReceivedForm[] = [];
  const replies: Reply[] = [];
  const early: Reply[] = [];
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const hasty = early.shift();
    if (hasty) return void hasty(request, response);
    const reply = replies.shift();
    const form = await formOf(request).catch(() => undefined);
    if (form) forms.push(form);
    if (reply) reply(request, response);
    else response.end('{"count": 1}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forms,
    get requests() {
      return requests;
    },
    answer: (...some) => void replies.push(...some),
    answerEarly: (reply) => void early.push(reply),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function formOf(request: IncomingMessage): Promise<ReceivedForm> {
  const parser = new Busboy({ headers: request.headers as BusboyHeaders });
  const fields: Record<string, string> = {};
  const files: Promise<ReceivedForm['files'][number]>[] = [];
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (field, stream, name, _encoding, type) => {
    files.push(buffer(stream).then((bytes) => ({ field, name, type, text: bytes.toString() })));
  });
  request.pipe(parser);
  await once(parser, 'finish');
  const { method, url: path, headers } = request;
  return { method, path, headers, fields, files: await Promise.all(files) };
}
