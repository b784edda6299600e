import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from './lock.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

const HOLDER = fileURLToPath(new URL('./test-lock-holder.ts', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  return () => rmSync(directory, { recursive: true, force: true });
});

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Starts a process that tries to lock the directory; gives what it says. */
async function holder(): Promise<{ child: Child; said: string }> {
  const child = spawn(process.execPath, [HOLDER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: String(said) };
}

function locks(): string[] {
  return readdirSync(directory);
}

function forge({ pid, start, boot }: ReturnType<typeof ownIdentity>): void {
  writeFileSync(join(directory, `lock-${pid}-${start}-${boot}`), '');
}

test('the second is refused, by the name of the first, and gets it when that one ends', async () => {
  const { child, said } = await holder();
  expect(said).toBe('won');
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'SPOOL_IN_USE',
    message: `the spool ${directory} is in use by another pcc, process ${child.pid}`,
    hint: expect.stringContaining('--spool'),
  });
  child.stdin.end();
  await once(child, 'exit');
  expect(locks()).toEqual([]);
  (await lockDirectory(directory)).release();
});

test('the same process does not get it twice', async () => {
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'SPOOL_IN_USE' });
  lock.release();
  (await lockDirectory(directory)).release();
  expect(locks()).toEqual([]);
});

test('the lock of a process that was killed is taken over', async () => {
  const { child } = await holder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(locks()).toHaveLength(1);
  const lock = await lockDirectory(directory);
  expect(locks()).toHaveLength(1);
  lock.release();
});

test('a process number that was given again, and one of an earlier boot, do not count', async () => {
  const own = ownIdentity();
  forge({ ...own, start: '1' });
  forge({ ...own, pid: 1, boot: '00000000-0000-0000-0000-000000000000' });
  (await lockDirectory(directory)).release();
  expect(locks()).toEqual([]);
});

test('a process is alive by its number, its start and its boot', () => {
  const own = ownIdentity();
  expect(isAlive(own)).toBe(true);
  expect(own.start).toMatch(/^[1-9]\d*$/);
  expect(isAlive({ ...own, start: '1' })).toBe(false);
  expect(isAlive({ ...own, boot: 'another' })).toBe(false);
});

test('of several that race for a stale lock, never do two win', async () => {
  let won = 0;
  for (let round = 0; round < 4; round += 1) {
    forge({ ...ownIdentity(), start: '1' });
    const holders = await Promise.all([holder(), holder(), holder(), holder()]);
    const winners = holders.filter(({ said }) => said === 'won');
    const losers = holders.filter(({ said }) => said !== 'won');
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const { said } of losers) expect(said).toMatch(/is in use by another pcc, process \d+$/);
    won += winners.length;
    for (const { child } of winners) {
      child.stdin.end();
      await once(child, 'exit');
    }
    expect(locks().filter((name) => !name.includes('-1-'))).toEqual([]);
  }
  expect(won).toBeGreaterThan(0);
});
