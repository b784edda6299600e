import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { NOW, startServer } from '../test-server.ts';

/** Written out: in an object of ours `__proto__` would be no member. */
const FIELDS = '{"__proto__":1,"constructor":2,"prototype":3,"hasOwnProperty":"x","toString":4,"a":5}';
const UNTOUCHED = Object.getOwnPropertyNames(Object.prototype);

for (const url of ['/v1/trickle', '/v1/upload?identifier=web01'] as const) {
  it(`fields named as what every object has come back as they were sent to ${url}, sealed or not`, async () => {
    await using server = await startServer();
    const line = `{"timestamp":${Math.floor(NOW)},"__proto__":{"polluted":1},"fields":${FIELDS}}`;
    const body =
      url === '/v1/trickle' ? `{"identifier":"web01","measurements":[${line}],"__proto__":{"polluted":1}}` : line;
    const headers = { 'content-type': 'application/json', 'content-encoding': 'zstd' };
    const answer = await server.as(server.admin, { method: 'POST', url, headers, payload: zstdCompressSync(body) });
    expect([answer.statusCode, answer.json().problems ?? []]).toEqual([200, []]);
    const collection = async () => (await server.as(server.admin, { url: '/v1/machines/web01/collection' })).body;
    expect(await collection()).toContain(`"fields":${FIELDS}`);
    await server.store.maintenance?.seal();
    expect(await collection()).toContain(`"fields":${FIELDS}`);
    expect({}).not.toHaveProperty('polluted');
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(UNTOUCHED);
  });
}
