import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectorsFor } from './peers.ts';
import { median, slope } from './statistics.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function startBench(...args: readonly string[]) {
  return spawn('node_modules/.bin/node', ['scripts/bench/agent.ts', '--quick', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('the bench measures, prints what was measured beside its target, and writes it for programs', async () => {
  const output = join(directory, 'results/agent.json');
  const child = startBench('--only', 'start', '--output', output);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^start to first sample .* \d+ ms +<= 150 ms +(met|missed)$/m);
  const { machine, isQuick, start, cpu } = JSON.parse(readFileSync(output, 'utf8'));
  expect(machine.cpus).toBeGreaterThan(0);
  expect(isQuick).toBe(true);
  expect(start.firstSampleMs).toHaveLength(3);
  expect(start.median).toBe(median(start.firstSampleMs));
  expect(cpu).toBeUndefined();
});

test('a part that there is not is refused', async () => {
  const child = startBench('--only', 'start,nothing');
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(code).toBe(2);
  expect(stderr).toBe('--only: there is no part nothing; expected some of start, cpu, wire, memory\n');
});

/** Processes whose working directory or arguments are in the bench's own directory. */
function left(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const given = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
      return given.includes(directory);
    } catch {
      return false; // it ended meanwhile, or is somebody else's
    }
  });
}

test('a bench that is told to stop ends everything that it started', async () => {
  const child = startBench('--only', 'memory');
  const ended = once(child, 'close');
  while (left().length < 4) await new Promise((resolve) => setTimeout(resolve, 20)); // itself, pcd and two pcc
  child.kill('SIGTERM');
  expect(await ended).toEqual([130, null]);
  while (left().length > 0) await new Promise((resolve) => setTimeout(resolve, 20)); // pcd closes its store
});

test('the middle of values, and the growth of a line', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([])).toBeNaN();
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 7 + 2 * x }));
  expect(slope(points)).toBeCloseTo(2, 10);
});

test('node_exporter gets the collectors for the files that are read, and no others', () => {
  expect(collectorsFor(['/proc/stat', '/proc/123/net/dev', '/proc/uptime'])).toEqual(['cpu', 'stat', 'netdev']);
  expect(collectorsFor(['/proc/pressure/cpu', '/proc/pressure/io'])).toEqual(['pressure']);
  expect(collectorsFor(['/proc/cpuinfo'])).toEqual([]);
});
