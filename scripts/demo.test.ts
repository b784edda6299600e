import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** In a process group of its own, as a terminal starts it. */
function startDemo() {
  const env = { ...process.env, TMPDIR: directory };
  return spawn('node_modules/.bin/node', ['scripts/bootstrap.mjs', 'scripts/demo.ts'], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Processes of the group that run; dead ones that init has yet to reap do not count. man 5 proc, /proc/pid/stat. */
function running(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const [state, , pgrp] = statOf(pid);
    return Number(pgrp) === group && state !== 'Z';
  });
}

function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return []; // it ended meanwhile
  }
}

test('the demonstration measures this machine, twice over, and ends everything it started', async () => {
  const child = startDemo();
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^CPU idle +\d+\.\d %/m);
  expect(stdout).toMatch(/^memory available +[\d.]+ GiB/m);
  const csvs = Array.from(stdout.matchAll(/^CSV of .*: +(\S+)$/gm), ([, path = '']) => path);
  expect(csvs).toHaveLength(2);
  for (const path of csvs) expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(11);
  expect(existsSync(join(csvs[0] ?? '', '../../home'))).toBe(false); // the keys are gone
  expect(running(child.pid ?? 0)).toEqual([]);
});

test('Ctrl-C stops it with everything it started and leaves nothing behind', async () => {
  const child = startDemo();
  const before = readdirSync(directory);
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('2.')) break;
  process.kill(-(child.pid ?? 0), 'SIGINT');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(code).toBe(130);
  expect(said).toContain('everything is stopped and removed');
  expect(running(child.pid ?? 0)).toEqual([]);
  expect(readdirSync(directory).filter((name) => !before.includes(name))).toEqual([]);
});
