import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileWith, runPcctl, tempDir } from './test-run.ts';

const ADMIN = 'admin-key-of-this-machine';
const directory = tempDir();
const home = join(directory, 'home');
mkdirSync(home);
fileWith(join(home, 'admin.key'), [ADMIN]);
const env = { PCD_HOME: home };

/** Every secret of these tests has one of these in it. */
const SECRETS = /admin-key|sesame/;

interface FakeServer {
  readonly port: number;
  /** The headers of every request that came. */
  readonly requests: IncomingHttpHeaders[];
}

const asPcd: RequestListener = (_request, response) =>
  response.end(JSON.stringify({ name: 'pcd', version: '9.9.9', api: 'v1' }));

/** A server on the loopback that notes what it is sent. */
async function listen(answer: RequestListener = asPcd, host = '127.0.0.1'): Promise<FakeServer> {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    answer(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

function keysSent({ requests }: FakeServer) {
  return requests.map((headers) => headers['x-api-key']);
}

test.each(['127.0.0.1', '127.1', 'localhost', 'LOCALHOST'])(
  "a server at %s gets this machine's own key where no other is given",
  async (host) => {
    const server = await listen();
    const { code } = await runPcctl(['version', '--server', `http://${host}:${server.port}`], { env });
    expect(code).toBe(0);
    expect(keysSent(server)).toEqual([ADMIN]);
  },
);

test("another user who took pcd's port does not get its key", async () => {
  const answer = `(request, response) => {
    console.log('key', request.headers['x-api-key']);
    response.end(JSON.stringify({ name: 'pcd', version: '9.9.9', api: 'v1' }));
  }`;
  const program = `const server = require('node:http').createServer(${answer}).listen(0, '127.0.0.1', () => console.log(server.address().port))`;
  const stranger = spawn(process.execPath, ['--eval', program], {
    uid: 65534,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void stranger.kill());
  const [port] = await once(stranger.stdout, 'data');
  const server = `http://127.0.0.1:${String(port).trim()}`;
  const heard = once(stranger.stdout, 'data');
  const { code, stderr } = await runPcctl(['version', '--server', server], { env });
  expect(code).toBe(0);
  expect(String(await heard)).toBe('key undefined\n');
  expect(stderr).toContain(`is not sent: user 65534 listens at ${server}, not user ${process.getuid?.()}`);
});

// On Linux 0.0.0.0 leads to this machine, too; it stands for any address that is not one of the loopback.
test("a server elsewhere does not get this machine's own key", async () => {
  const server = await listen();
  const { code, stdout } = await runPcctl(['version', '--server', `http://0.0.0.0:${server.port}`], { env });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'pcd 9.9.9, API v1\n' });
  expect(keysSent(server)).toEqual([undefined]);
});

test.each(['localhost.example.invalid', '127.0.0.1.example.invalid', 'xlocalhost', '127.0.0.1x', 'example.invalid'])(
  'for a server at %s the own key is not even read',
  async (host) => {
    const unreadable = join(tempDirOnce(), 'home');
    const server = `http://${host}:9`;
    const { stderr } = await runPcctl(['version', '--server', server], { env: { PCD_HOME: unreadable } });
    expect(stderr).not.toContain('admin.key');
    expect(stderr).toMatch(/cannot reach|is no address/);
  },
);

test('for a server on this machine an own key that cannot be read is told', async () => {
  const unreadable = join(tempDirOnce(), 'home');
  const { code, stderr } = await runPcctl(['version', '--server', 'http://127.0.0.1:9'], {
    env: { PCD_HOME: unreadable },
  });
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot read the administrator's key ${join(unreadable, 'admin.key')}: it is a directory`);
});

/** A directory in which `home/admin.key` is a directory: reading it is an error of its own. */
function tempDirOnce(): string {
  const parent = join(directory, 'unreadable');
  mkdirSync(join(parent, 'home', 'admin.key'), { recursive: true });
  return parent;
}

test('without an own key none is sent', async () => {
  const server = await listen();
  const { code } = await runPcctl(['version', '--server', `http://127.0.0.1:${server.port}`], {
    env: { PCD_HOME: join(directory, 'nobody-home') },
  });
  expect(code).toBe(0);
  expect(keysSent(server)).toEqual([undefined]);
});

test("a key that is given is sent instead of this machine's own, wherever the server is", async () => {
  const server = await listen();
  for (const host of ['127.0.0.1', '0.0.0.0'])
    await runPcctl(['version', '--server', `http://${host}:${server.port}`], {
      env: { ...env, PCCTL_APIKEY: 'sesame-env' },
    });
  expect(keysSent(server)).toEqual(['sesame-env', 'sesame-env']);
});

test('the key of a file is stronger than that of the environment, and that than a file of variables', async () => {
  const server = await listen();
  const url = `http://127.0.0.1:${server.port}`;
  const key = fileWith(join(directory, 'key'), ['sesame-file']);
  const variables = fileWith(join(directory, 'variables'), [`PCCTL_SERVER=${url}`, 'PCCTL_APIKEY=sesame-variables']);
  await runPcctl(['version', '--env-file', variables], { env });
  await runPcctl(['version', '--env-file', variables], { env: { ...env, PCCTL_APIKEY: 'sesame-env' } });
  const argv = ['version', '--env-file', variables, '--apikey-file', key];
  await runPcctl(argv, { env: { ...env, PCCTL_APIKEY: 'sesame-env' } });
  expect(keysSent(server)).toEqual(['sesame-variables', 'sesame-env', 'sesame-file']);
});

test.each([301, 307, 308])('a key does not follow a redirection (HTTP %d)', async (status) => {
  const other = await listen();
  const server = await listen((_request, response) => {
    response.writeHead(status, { location: `http://127.0.0.1:${other.port}/v1/version` }).end();
  });
  const { code, stderr } = await runPcctl(['version', '--server', `http://127.0.0.1:${server.port}`], { env });
  expect(code).toBe(1);
  expect(stderr).toContain(`HTTP ${status}`);
  expect(other.requests).toEqual([]);
});

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const commands: readonly string[][] = [
  ['ping'],
  ['version'],
  ['status'],
  ['keys', 'list'],
  ['keys', 'create', '--name', 'x'],
  ['keys', 'revoke', 'abc'],
  ['keys', 'rotate', 'abc'],
  ['machines', 'list'],
  ['machines', 'show', 'm'],
  ['machines', 'delete', 'm'],
  ['export', 'm'],
];

test.each(commands)('%s %s … says where no server is, and what to do', async (...argv) => {
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  const { code, stderr } = await runPcctl(argv, { env: { ...env, PCCTL_SERVER: server } });
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot reach ${server}: ECONNREFUSED\n  Is pcd running there, and is the address right?\n`);
  expect(stderr).not.toMatch(SECRETS);
});

test.each(['nonsense', 'http://', 'ftp://127.0.0.1', 'http//127.0.0.1', '127.0.0.1:8080', 'http://a b/', 'file:///x'])(
  'the address %j is refused with an example',
  async (server) => {
    const { code, stdout, stderr } = await runPcctl(['ping', '--server', server], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `pcctl: --server: ${JSON.stringify(server)} is no address of a pcd; expected one such as http://127.0.0.1:8080\n`,
    );
  },
);

const strangers: readonly [string, RequestListener, string][] = [
  ['an HTML page', (_, response) => response.end('<html>Welcome</html>'), 'gave no answer that pcd would give'],
  ['other JSON', (_, response) => response.end('{"name":"other"}'), 'gave no answer that pcd would give'],
  ['nothing', (_, response) => response.end(), 'gave no answer that pcd would give'],
  ['404', (_, response) => response.writeHead(404).end('<h1>Not found</h1>'), 'with HTTP 404'],
];

test.each(strangers)('a server that is no pcd (it answers %s) is told as such', async (_, answer, sentence) => {
  const { port } = await listen(answer);
  const { code, stdout, stderr } = await runPcctl(['version', '--server', `http://127.0.0.1:${port}`], { env });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).toContain('\n  Something else than pcd answers there; check the address.\n');
});

test('a server that breaks off is told by a sentence', async () => {
  const { port } = await listen((request) => request.socket.destroy());
  const { code, stderr } = await runPcctl(['version', '--server', `http://127.0.0.1:${port}`], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcctl: cannot reach http:.*\n {2}Is pcd running there/);
});

test.each(['sesame sesame', 'sesame\tsesame', 'sésame'])(
  'a key that cannot be one (%j) is refused without being shown or sent',
  async (key) => {
    const server = await listen();
    const { code, stdout, stderr } = await runPcctl(['version', '--server', `http://127.0.0.1:${server.port}`], {
      env: { ...env, PCCTL_APIKEY: key },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pcctl: the API key holds/);
    expect(stderr).not.toMatch(/s.same/);
    expect(server.requests).toEqual([]);
  },
);

test('a command that is interrupted ends without an answer', async () => {
  const stop = new AbortController();
  const { port, requests } = await listen(() => stop.abort('SIGINT'));
  const { code, stdout, stderr } = await runPcctl(['version', '--server', `http://127.0.0.1:${port}`], {
    env,
    signal: stop.signal,
  });
  expect(requests).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('pcctl: interrupted\n');
});
