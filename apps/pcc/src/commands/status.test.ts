import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileHolds, start } from '../test-process.ts';
import { runPcc } from '../test-run.ts';
import { isStuck } from './status.ts';

let directory: string;
let env: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-status-'));
  mkdirSync(join(directory, 'own'));
  env = { PCC_CONTROL: join(directory, 'own', 'control.sock'), PCC_COLLECTION: join(directory, 'c.json') };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('tells how the pcc that runs does', async () => {
  const { child, ended } = start('pcc', ['--frequency', '50ms', '--identifier', 'web01'], env);
  await fileHolds(join(directory, 'c.json'), /"fields"/);
  const { code, stdout } = await runPcc(['status'], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^run [0-9a-f-]{36} of web01: the last sample \d+\.\d s ago; [1-9]\d* taken, \d+ missed, \d+ waiting\n$/,
  );
  const told = JSON.parse((await runPcc(['status', '--json'], { env })).stdout);
  expect(told).toMatchObject({ identifier: 'web01', interval: 0.05, age: expect.any(Number) });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

test('fails where none runs, and says so', async () => {
  const { code, stderr } = await runPcc(['status'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcc: no pcc is running with the control socket /);
  expect((await runPcc(['status', '--control', 'none'])).code).toBe(2);
});

test('one that has not sampled for three intervals and ten seconds is stuck', () => {
  expect(isStuck({ interval: 10, age: 40 })).toBe(false);
  expect(isStuck({ interval: 10, age: 40.1 })).toBe(true);
  expect(isStuck({ interval: 0.25, age: 11 })).toBe(true);
});
