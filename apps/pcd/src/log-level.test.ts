import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPcd } from './test-process.ts';
import { linesOf } from './test-server.ts';

it('SIGUSR2 changes the log to debug, and the next one back', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pcd-level-'));
  await using pcd = await startPcd(join(directory, 'home'), { PCD_LOGLEVEL: 'warn' });
  const ask = () => fetch(`${pcd.url}/v1/version`, { headers: { connection: 'close' } });
  await ask();
  pcd.process.child.kill('SIGUSR2');
  await pcd.process.said(/log level debug: SIGUSR2/);
  await ask();
  pcd.process.child.kill('SIGUSR2');
  await pcd.process.said(/log level warn: SIGUSR2/);
  await ask();
  const { stderr } = await pcd.process.kill('SIGTERM');
  expect(linesOf(stderr).map(({ msg }) => msg)).toEqual([
    'log level debug: SIGUSR2',
    'request',
    'log level warn: SIGUSR2',
  ]);
  rmSync(directory, { recursive: true });
});
