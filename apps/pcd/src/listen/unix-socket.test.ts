import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@perfcollector/api';
import { beforeEach, expect, it } from 'vitest';
import { PcdProcess, startPcd } from '../test-process.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcd-unix-'));
  path = join(directory, 'pcd.sock');
  return () => rmSync(directory, { recursive: true });
});

function start() {
  return startPcd(join(directory, 'home'), { PCD_LISTENADDRESS: `unix:${path}` });
}

function run() {
  return new PcdProcess(['--listen', `unix:${path}`], { PCD_HOME: join(directory, 'home') }).ended;
}

async function sendAndCount(): Promise<number> {
  const apiKey = readFileSync(join(directory, 'home/admin.key'), 'utf8').trim();
  const client = new Client({ server: `unix:${path}`, apiKey });
  await client.trickle('web01', [JSON.stringify({ timestamp: Date.now() / 1000, fields: { a: 1 } })]);
  const { samples } = await client.status();
  await client.close();
  return samples;
}

it('pcd serves on a Unix socket for its user and group, and takes it away at its end', async () => {
  await using pcd = await start();
  expect(pcd.url).toBe(`unix:${path}`);
  expect(statSync(path).mode & 0o777).toBe(0o660);
  expect(await sendAndCount()).toBe(1);
  expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
  expect(existsSync(path)).toBe(false);
});

it('the socket that a killed pcd left is replaced', async () => {
  const killed = await start();
  await killed.process.kill('SIGKILL');
  expect(statSync(path).isSocket()).toBe(true);
  await using _pcd = await start();
  expect(await sendAndCount()).toBe(1);
});

it('one on which somebody answers is left to him', async () => {
  const other = createServer().listen(path);
  await once(other, 'listening');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain(`pcd: cannot listen on unix:${path}: another program listens there\n`);
  expect(statSync(path).isSocket()).toBe(true);
  other.close();
});

it('a file in its place is left as it is', async () => {
  writeFileSync(path, 'precious');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain(`pcd: cannot listen on unix:${path}: something else than a socket is there\n`);
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

it('a directory that is not there is told', async () => {
  path = join(directory, 'nowhere/pcd.sock');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcd: cannot listen on unix:\S+nowhere\/pcd\.sock: \S.*/m);
});
