import { writeFileSync } from 'node:fs';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const MACHINES: InjectOptions = { url: '/v1/machines' };
const SAMPLE: InjectOptions = {
  method: 'POST',
  url: '/v1/trickle',
  payload: { identifier: 'web01', measurements: [{ timestamp: NOW, fields: { a: 1 } }] },
};

/** Sends a request so often that no second takes all of them. */
async function flood(server: TestServer, key: string | undefined, request: InjectOptions) {
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const answers: LightMyRequestResponse[] = [];
  for (let at = 0; at < 100; at += 1) answers.push(await server.app.inject({ ...request, headers }));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  for (const answer of refused) {
    expect(refusalOf(answer).code).toBe('TOO_MANY_REQUESTS');
    expect(answer.headers['retry-after']).toBe('1');
  }
  return { answers, refused };
}

describe('requests with one key', () => {
  it('beyond the limit are told to come again, while another key goes on', async () => {
    await using server = await startServer(undefined, { keyRate: 3 });
    const [greedy, polite] = [await server.keyWith(['read']), await server.keyWith(['read'])];
    const { answers, refused } = await flood(server, greedy, MACHINES);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    expect((await server.as(polite, MACHINES)).statusCode).toBe(200);
    await expect.poll(async () => (await server.as(greedy, MACHINES)).statusCode, { timeout: 30_000 }).toBe(200);
  });

  it('are told the limit and what is left of it', async () => {
    await using server = await startServer(undefined, { keyRate: 70 });
    const { headers } = await server.as(server.admin, SAMPLE);
    expect(headers['ratelimit-policy']).toBe('"key";q=70;w=1');
    expect(headers.ratelimit).toMatch(/^"key";r=69;t=1$/);
  });
});

describe('requests of one address', () => {
  it('without a key are limited, and keep nobody with a key out', async () => {
    await using server = await startServer(undefined, { addressRate: 3 });
    for (const request of [{ url: '/v1/version' }, MACHINES, { url: '/nothing' }]) {
      expect((await flood(server, undefined, request)).refused.length).toBeGreaterThan(0);
    }
    expect((await server.as(server.admin, MACHINES)).statusCode).toBe(200);
  });

  it('that try keys are limited; a key that could be guessed is not taken from there any more', async () => {
    await using server = await startServer(undefined, { addressRate: 3 });
    writeFileSync(server.home.apikeys, 'chosen-by-a-person\n');
    expect((await server.as('chosen-by-a-person', SAMPLE)).statusCode).toBe(200);
    const guessed = async () => {
      const { refused } = await flood(server, 'not-a-key', SAMPLE);
      expect(refused.length).toBeGreaterThan(0);
      return (await server.as('chosen-by-a-person', SAMPLE)).statusCode;
    };
    await expect.poll(guessed, { timeout: 30_000 }).toBe(429);
    expect((await server.as(server.admin, MACHINES)).statusCode).toBe(200);
    await expect.poll(async () => (await server.as('chosen-by-a-person', SAMPLE)).statusCode).toBe(200);
  });

  it('by IPv6 are those of a whole /64', async () => {
    await using server = await startServer(undefined, { addressRate: 3 });
    const statuses = new Set<number>();
    for (let at = 0; at < 100; at += 1) {
      const { statusCode } = await server.app.inject({ url: '/v1/version', remoteAddress: `2001:db8::${at}:1` });
      statuses.add(statusCode);
    }
    expect([...statuses].sort()).toEqual([200, 429]);
    const other = await server.app.inject({ url: '/v1/version', remoteAddress: '2001:db8:0:1::1' });
    expect(other.statusCode).toBe(200);
  });
});
