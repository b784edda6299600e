import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root, shellBlocks } from './documents.ts';

const home = mkdtempSync(join(tmpdir(), 'readme-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Without R its commands are left out at a developer's desk, and fail in CI. */
const hasR =
  process.env.CI !== undefined || spawnSync('Rscript', ['-e', 'rmarkdown::render; ggplot2::ggplot']).status === 0;

/** Each is replaced by one that is free here. */
const ports = ['8080', '8443', '9177'];

/** Every shell block of the README and of docs/, in order, as one session: what a reader types. */
async function session(): Promise<string> {
  const blocks = shellBlocks('sh').filter((block) => hasR || !block.includes('Rscript'));
  let text = blocks.join('\n');
  // The only other liberty.
  for (const port of ports) text = text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
  const [, server] = /pcd --listen (\S+)/.exec(text) ?? [];
  return `set -euo pipefail\nexport PCCTL_SERVER=http://${server}\n${text}\nwait\n`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

// Most of its time it waits for samples, a second apart.
test('every command of the README runs as written', async () => {
  // A home of its own, so its programs meet nobody else's; the switch that keeps other tests apart is off.
  const env = { ...process.env, HOME: home, PCC_CONTROL: undefined };
  const child = spawn('bash', ['-c', await session()], { cwd: root, env });
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  expect({ code, stderr: code === 0 ? '' : stderr, stdout: code === 0 ? '' : stdout }).toEqual({
    code: 0,
    stderr: '',
    stdout: '',
  });
  expect(readdirSync(join(home, 'perf/csv'))).toContain('web01.csv');
  expect(readdirSync(join(home, 'perf/csv-of-the-last-hour'))).toContain('web01.csv');
  if (hasR) expect(readFileSync(join(home, 'perf/web01.html'), 'utf8')).toContain('data:image/png');
  expect(stdout).toContain('deleted web01');
}, 480_000);
