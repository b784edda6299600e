import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NotifySocket } from '@perfcollector/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { startPcd } from '../test-process.ts';

const BIN = fileURLToPath(new URL('../bin.ts', import.meta.url));
/** As an older Node is: it leaves the messages to systemd's own program. */
const WITHOUT_DATAGRAMS = [process.execPath, '--no-experimental-ffi', BIN];

let directory: string;
let home: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcd-notify-'));
  home = join(directory, 'home');
  return () => rmSync(directory, { recursive: true });
});

describe('systemd', () => {
  it.each([
    ['itself', undefined],
    ['by systemd-notify', WITHOUT_DATAGRAMS],
  ])('is told %s when pcd serves, reads its files again, serves again, and stops', async (_, program) => {
    const path = join(directory, 'notify.sock');
    const systemd = await NotifySocket.open(path);
    await using pcd = await startPcd(home, { NOTIFY_SOCKET: path }, program);
    await systemd.received(/^READY=1 /m);
    pcd.process.child.kill('SIGHUP');
    await systemd.received(/^RELOADING=1 [\s\S]*^READY=1 /m);
    const { code, stderr } = await pcd.process.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/Experimental/);
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
    await using pcd = await startPcd(home, { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' });
    await systemd.received(/(WATCHDOG=1[\s\S]*){3}/);
    expect(systemd.messages[0]).toMatch(/^READY=1/);
    expect(systemd.messages[1]).toBe(`WATCHDOG=1 STATUS=listening on ${pcd.url}`);
  });

  it('is reached where its socket has no file', async () => {
    const systemd = await NotifySocket.open(`@pcd-notify-${process.pid}`);
    await using _pcd = await startPcd(home, { NOTIFY_SOCKET: `@pcd-notify-${process.pid}` });
    await systemd.received(/^READY=1 STATUS=listening on /m);
  });
});

describe('where systemd cannot be told', () => {
  it.each([
    ['nobody listens', undefined, /nobody\.sock takes nothing/],
    ['there is no systemd-notify', WITHOUT_DATAGRAMS, /systemd-notify/],
  ])('because %s, pcd says so once and serves', async (_, program, why) => {
    const env = { NOTIFY_SOCKET: join(directory, 'nobody.sock'), PATH: directory };
    await using pcd = await startPcd(home, env, program);
    await pcd.process.said(new RegExp(`systemd cannot be told READY=1: .*${why.source}`));
    const { code, stderr } = await pcd.process.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stderr.match(/cannot be told/g)).toHaveLength(1);
  });
});
