import { StoreError } from '@perfcollector/storage';
import { expect, it, vi } from 'vitest';
import { linesOf, startServer } from './test-server.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it.each([
  ['a route', '/v1/version', 200],
  ['a refusal', '/v1/machines', 401],
  ['no route', '/nowhere', 404],
  ['no address at all', '/v1/%zz', 400],
])('the answer of %s has an id that no other has', async (_, url, status) => {
  await using server = await startServer();
  const ids = [];
  for (let asked = 0; asked < 2; asked += 1) {
    const answer = await server.app.inject({ url });
    expect(answer.statusCode).toBe(status);
    ids.push(answer.headers['x-request-id']);
  }
  expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
  expect(ids[0]).not.toBe(ids[1]);
});

it("the caller's own id is kept, in the answer and in every line of the log about the request", async () => {
  await using server = await startServer();
  vi.spyOn(server.store, 'machines').mockRejectedValue(new StoreError('FAILED', 'broken'));
  const answer = await server.as(server.admin, { url: '/v1/machines', headers: { 'x-request-id': 'call_42.a-B' } });
  expect(answer.headers['x-request-id']).toBe('call_42.a-B');
  expect(Object.keys(answer.json()).sort()).toEqual(['code', 'error']);
  const about = linesOf(server.logged()).filter((line) => line.request_id === 'call_42.a-B');
  expect(about.map(({ msg }) => msg)).toEqual(['request failed', 'request']);
});

it.each(['', 'x'.repeat(65), 'a b', 'a"b', 'a/b', 'é', '<b>'])('an id such as %j is replaced', async (id) => {
  await using server = await startServer();
  const answer = await server.app.inject({ url: '/v1/version', headers: { 'x-request-id': id } });
  expect(answer.headers['x-request-id']).toMatch(UUID);
});
