import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusalOf, startServer, type TestServer } from '../test-server.ts';

/** What a key is answered by a route for agents. */
async function statusOf(server: TestServer, key: string): Promise<number> {
  const payload = { identifier: 'm', measurements: [] };
  return (await server.as(key, { method: 'POST', url: '/v1/trickle', payload })).statusCode;
}

/** Writes the file as an editor does, and makes sure that its time is another one, however coarse the clock. */
let writes = 0;
function write({ home }: TestServer, text: string): void {
  writeFileSync(home.apikeys, text);
  writes += 1;
  utimesSync(home.apikeys, 1_700_000_000 + writes, 1_700_000_000 + writes);
}

describe('the file apikeys', () => {
  it('holds keys for agents, one a line, and comments', async () => {
    await using server = await startServer();
    write(server, '# agents\n\n  key-of-web01  \nkey-of-db01 # the old one\n#key-of-nobody\r\nkey-of-windows\r\n');
    expect(await statusOf(server, 'key-of-web01')).toBe(200);
    expect(await statusOf(server, 'key-of-db01')).toBe(200);
    expect(await statusOf(server, 'key-of-windows')).toBe(200);
    for (const none of ['key-of-nobody', '#key-of-nobody', 'key-of-db01 # the old one', 'key-of-web0', 'agents']) {
      expect([none, await statusOf(server, none)]).toEqual([none, 401]);
    }
    expect(server.reports).toEqual([]);
  });

  it('its keys may send and nothing else, for the default tenant', async () => {
    await using server = await startServer();
    write(server, 'key-of-web01\n');
    for (const url of ['/v1/machines', '/v1/keys', '/v1/status']) {
      const refusal = refusalOf(await server.as('key-of-web01', { url }));
      expect(refusal).toMatchObject({ status: 403, code: 'MISSING_SCOPE' });
    }
    const payload = { identifier: 'm', measurements: [{ timestamp: 1_767_982_248, fields: {} }] };
    await server.as('key-of-web01', { method: 'POST', url: '/v1/trickle', payload });
    expect(await server.store.machines('default')).toHaveLength(1);
  });

  it('a line that is too short is no key; it is reported by its number, not its text', async () => {
    await using server = await startServer();
    write(server, '# keys\nshort12\nlong-enough\nx\n');
    expect(await statusOf(server, 'short12')).toBe(401);
    expect(await statusOf(server, 'x')).toBe(401);
    expect(await statusOf(server, 'long-enough')).toBe(200);
    expect(server.reports).toHaveLength(2);
    expect(server.reports[0]).toMatch(/apikeys, line 2: shorter than 8/);
    expect(server.reports[1]).toMatch(/line 4/);
    expect(server.reports.join()).not.toContain('short12');
  });

  it('is read again when it changes, is replaced, or goes', async () => {
    await using server = await startServer();
    expect(await statusOf(server, 'key-number-1')).toBe(401);
    write(server, 'key-number-1\n');
    expect(await statusOf(server, 'key-number-1')).toBe(200);
    appendFileSync(server.home.apikeys, 'key-number-2\n');
    expect(await statusOf(server, 'key-number-2')).toBe(200);
    write(server, 'key-number-3\n');
    expect(await statusOf(server, 'key-number-1')).toBe(401);
    expect(await statusOf(server, 'key-number-3')).toBe(200);
    writeFileSync(`${server.home.apikeys}.new`, 'key-number-4\n');
    renameSync(`${server.home.apikeys}.new`, server.home.apikeys);
    expect(await statusOf(server, 'key-number-3')).toBe(401);
    expect(await statusOf(server, 'key-number-4')).toBe(200);
    rmSync(server.home.apikeys);
    expect(await statusOf(server, 'key-number-4')).toBe(401);
    write(server, 'key-number-4\n');
    expect(await statusOf(server, 'key-number-4')).toBe(200);
  });

  it('that cannot be read is reported once and gives no keys', async () => {
    await using server = await startServer();
    mkdirSync(server.home.apikeys);
    expect(await statusOf(server, 'key-number-1')).toBe(401);
    expect(await statusOf(server, 'key-number-1')).toBe(401);
    expect(server.reports).toEqual([expect.stringMatching(/cannot read .*apikeys: EISDIR/)]);
  });
});

it('a # inside a key is part of it, and a line of two words is no key', async () => {
  await using server = await startServer();
  write(server, 'abcdefgh#ijk\ntwo words of it\n');
  expect(await statusOf(server, 'abcdefgh#ijk')).toBe(200);
  for (const none of ['abcdefgh', 'two words of it', 'two']) expect(await statusOf(server, none)).toBe(401);
  expect(server.reports).toEqual([
    expect.stringMatching(/apikeys, line 2: there is a blank in it, not accepted as a key$/),
  ]);
});
