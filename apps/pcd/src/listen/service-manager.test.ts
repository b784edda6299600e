import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { startPcd } from '../test-process.ts';
import { NotifySocket } from './test-systemd.ts';

const hasSystemd = spawnSync('systemd-notify', ['--version']).status === 0;

let directory: string;
let home: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcd-notify-'));
  home = join(directory, 'home');
  return () => rmSync(directory, { recursive: true });
});

describe.skipIf(!hasSystemd)('systemd', () => {
  it('is told when pcd serves, reads its files again, serves again, and stops', async () => {
    const path = join(directory, 'notify.sock');
    const systemd = await NotifySocket.open(path);
    await using pcd = await startPcd(home, { NOTIFY_SOCKET: path });
    await systemd.received(/^READY=1 /m);
    pcd.process.child.kill('SIGHUP');
    await systemd.received(/^RELOADING=1 [\s\S]*^READY=1 /m);
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(systemd.messages).toEqual([
      `READY=1 STATUS=listening on ${pcd.url}`,
      expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=[1-9]\d+$/),
      `READY=1 STATUS=listening on ${pcd.url}`,
      'STOPPING=1 STATUS=finishing the requests in flight',
    ]);
  });

  it('hears from pcd again and again where the unit has a watchdog', async () => {
    const path = join(directory, 'notify.sock');
    const systemd = await NotifySocket.open(path);
    await using _pcd = await startPcd(home, { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' });
    await systemd.received(/(WATCHDOG=1[\s\S]*){3}/);
    expect(systemd.messages[0]).toMatch(/^READY=1/);
  });
});

describe('where systemd cannot be told', () => {
  it('pcd says so once and serves', async () => {
    const env = { NOTIFY_SOCKET: join(directory, 'nobody.sock'), PATH: directory };
    await using pcd = await startPcd(home, env);
    await pcd.process.said(/systemd cannot be told READY=1: .*systemd-notify/);
    const { code, stderr } = await pcd.process.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stderr.match(/cannot be told/g)).toHaveLength(1);
  });
});
