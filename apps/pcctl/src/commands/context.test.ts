import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fileWith, runPcctl, tempDir } from '../test-run.ts';

const directory = tempDir();
let number = 0;
let env: { XDG_CONFIG_HOME: string; PCD_HOME: string };
const file = () => join(env.XDG_CONFIG_HOME, 'perfcollector', 'pcctl.json');

beforeEach(() => {
  number += 1;
  env = { XDG_CONFIG_HOME: join(directory, `config-${number}`), PCD_HOME: join(directory, 'nobody-home') };
});

const pcctl = (argv: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runPcctl(argv, { env: { ...env, ...more } });

/** A server on the loopback that notes which keys it is sent. */
async function listen() {
  const keys: (string | string[] | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers['x-api-key']);
    response.end(JSON.stringify({ name: 'pcd', version: '9.9.9', api: 'v1' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { keys, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const keyFile = fileWith(join(directory, 'a.key'), ['sesame-of-a']);

test('a context holds the server and the key, and the first one is chosen', async () => {
  const [a, b] = [await listen(), await listen()];
  const added = await pcctl(['context', 'add', 'a', a.url, '--apikey-file', keyFile]);
  expect(added).toEqual({ code: 0, stdout: `a is ${a.url}; it is used where no other is named\n`, stderr: '' });
  expect((await pcctl(['context', 'add', 'b', b.url])).stdout).toContain('choose it with: pcctl context use b');
  expect((await pcctl(['version'])).code).toBe(0);
  expect((await pcctl(['version', '--context', 'b'])).code).toBe(0);
  expect((await pcctl(['version'], { PCCTL_CONTEXT: 'b' })).code).toBe(0);
  expect([a.keys, b.keys]).toEqual([['sesame-of-a'], [undefined, undefined]]);
  await pcctl(['context', 'use', 'b']);
  await pcctl(['version']);
  expect(b.keys).toHaveLength(3);
});

test("a context's key goes to no other server", async () => {
  const [a, other] = [await listen(), await listen()];
  await pcctl(['context', 'add', 'a', a.url, '--apikey-file', keyFile]);
  await pcctl(['version', '--server', other.url]);
  await pcctl(['version', '--server', other.url, '--context', 'a']);
  await pcctl(['version'], { PCCTL_SERVER: other.url });
  expect(other.keys).toEqual([undefined, undefined, undefined]);
  await pcctl(['version', '--context', 'a'], { PCCTL_SERVER: other.url });
  expect(a.keys).toEqual(['sesame-of-a']);
});

test("the key is shown nowhere, and the file is its owner's alone", async () => {
  await pcctl(['context', 'add', 'a', 'http://127.0.0.1:9', '--apikey-file', keyFile]);
  expect(readFileSync(file(), 'utf8')).toContain('sesame-of-a');
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(file(), '..')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(file(), '..'))).toEqual(['pcctl.json']);
  for (const argv of [['list'], ['show', 'a'], ['use', 'a'], ['show'], ['list', '--json'], ['show', '--json']]) {
    const { code, stdout, stderr } = await pcctl(['context', ...argv]);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain('sesame');
    expect(stdout).toContain('127.0.0.1:9');
  }
  expect(JSON.parse((await pcctl(['context', 'show', '--json'])).stdout)).toEqual({
    ...{ name: 'a', server: 'http://127.0.0.1:9', has_key: true, is_current: true },
  });
});

test('the installed program takes the key from standard input, never from the command line', async () => {
  const run = (argv: string[], input = '') =>
    spawnSync(bin('pcctl'), argv, { env: { ...process.env, ...env }, input, encoding: 'utf8' });
  expect(run(['context', 'add', 'a', 'http://127.0.0.1:9', '--apikey-file', '-'], 'sesame-of-stdin\n').status).toBe(0);
  expect(readFileSync(file(), 'utf8')).toContain('"sesame-of-stdin"');
  const { status, stderr } = run(['context', 'add', 'a', 'http://127.0.0.1:9', '--apikey', 'x']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("unknown option '--apikey'") });
});

test('certificates are kept by their whole paths', async () => {
  await pcctl(['context', 'add', 'a', 'https://127.0.0.1:9', '--ca', 'ca.pem']);
  const { stdout } = await pcctl(['context', 'show', 'a']);
  expect(stdout).toContain(join(process.cwd(), 'ca.pem'));
  expect((await pcctl(['version'])).stderr).toContain(`cannot read the certificate ${join(process.cwd(), 'ca.pem')}`);
});

test.each([
  ['version', '--context', 'x'],
  ['context', 'use', 'x'],
  ['context', 'show', 'x'],
  ['context', 'remove', 'x'],
])('a wrong name (%s %s %s) is told with those that there are', async (...argv) => {
  expect((await pcctl(argv)).stderr).toContain('There is none yet; make one with: pcctl context add');
  await pcctl(['context', 'add', 'prod', 'http://127.0.0.1:9']);
  await pcctl(['context', 'add', 'test', 'http://127.0.0.1:9']);
  const { code, stdout, stderr } = await pcctl(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('pcctl: there is no context "x"\n  There are: prod, test.\n');
});

test('one that is removed is gone with its key, and is chosen no more', async () => {
  await pcctl(['context', 'add', 'a', 'http://127.0.0.1:9', '--apikey-file', keyFile]);
  expect((await pcctl(['context', 'remove', 'a'])).stdout).toBe(
    'removed a; no context is chosen now: pcctl context use\n',
  );
  expect(readFileSync(file(), 'utf8')).not.toContain('sesame');
  expect((await pcctl(['context', 'list'])).stdout).toContain('no contexts in');
  expect((await pcctl(['context', 'show'])).stderr).toContain('no context is chosen');
});

const bad: readonly [string, string, RegExp][] = [
  ['a b', 'http://127.0.0.1:9', /"a b" is no name of a context/],
  ['__proto__', 'http://127.0.0.1:9', /is no name of a context/],
  ['a', '127.0.0.1:9', /is no address of a pcd; expected one such as/],
  ['a', 'http://me:sesame@127.0.0.1:9', /an address takes no user and password/],
];

test.each(bad)('the name %j with the address %j is refused, and nothing is written', async (name, url, sentence) => {
  const { code, stderr } = await pcctl(['context', 'add', name, url]);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(existsSync(file())).toBe(false);
});

test('a file that was spoiled is told, without what is in it, and is not overwritten', async () => {
  await pcctl(['context', 'add', 'a', 'http://127.0.0.1:9', '--apikey-file', keyFile]);
  const spoiled = readFileSync(file(), 'utf8').slice(0, -20);
  writeFileSync(file(), spoiled);
  for (const argv of [['version'], ['context', 'list'], ['context', 'add', 'b', 'http://127.0.0.1:9']]) {
    const { code, stderr } = await pcctl(argv);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `pcctl: cannot understand the contexts in ${file()}\n  Mend it, or move it away and add the contexts again.\n`,
    );
  }
  expect(readFileSync(file(), 'utf8')).toBe(spoiled);
});

test('a place that cannot be written to is told by a sentence', async () => {
  const blocked = fileWith(join(directory, 'blocked'), ['']);
  chmodSync(blocked, 0o600);
  const { code, stderr } = await pcctl(['context', 'add', 'a', 'http://127.0.0.1:9'], { XDG_CONFIG_HOME: blocked });
  expect(code).toBe(1);
  expect(stderr).toMatch(/cannot (read|write) the contexts .*: a part of the path is not a directory/);
});
