import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { socketStateOf } from './socket-state.ts';

function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'socket-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'a.sock');
}

test('a path where nothing is, is absent', async () => {
  expect(await socketStateOf(newPath())).toBe('absent');
});

test('a socket on which somebody listens is answered', async () => {
  const path = newPath();
  const server = createServer().listen(path);
  await once(server, 'listening');
  expect(await socketStateOf(path)).toBe('answered');
  server.close();
});

test('a socket whose process was killed is stale', async () => {
  const path = newPath();
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
  expect(await socketStateOf(path)).toBe('stale');
});

test('a file is something else', async () => {
  const path = newPath();
  writeFileSync(path, '');
  expect(await socketStateOf(path)).toBe('other');
});
