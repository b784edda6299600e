/** A server for tests that answers as pcd would, with what the test says. Nothing else imports it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** By path: the answer's body, or undefined for 404. */
type Answer = (url: URL) => unknown;

export interface Answering {
  readonly url: string;
  /** Paths and queries of all requests. */
  readonly asked: URL[];
}

export async function answering(answer: Answer): Promise<Answering> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://server');
    asked.push(url);
    const body = answer(url);
    request.resume().on('end', () => {
      if (body === undefined)
        response.writeHead(404).end(JSON.stringify({ error: 'there is none', code: 'NO_MACHINE' }));
      else response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
