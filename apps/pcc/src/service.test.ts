import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotifySocket } from '@perfcollector/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { start } from './test-process.ts';
import { runPcc } from './test-run.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-service-'));
  return () => rmSync(directory, { recursive: true });
});

describe('systemd', () => {
  test('is told when pcc samples and takes marks, that it is alive and how far it is, and that it stops', async () => {
    const path = join(directory, 'notify.sock');
    const systemd = await NotifySocket.open(path);
    const env = {
      NOTIFY_SOCKET: path,
      WATCHDOG_USEC: '200000',
      PCC_COLLECTION: join(directory, 'c.json'),
      PCC_CONTROL: join(directory, 'control.sock'),
      PCC_FREQUENCY: '50ms',
    };
    const { child, ended } = start('pcc', [], env);
    await systemd.received(/^READY=1 /m);
    const marked = await runPcc(['mark', 'here'], { env });
    await systemd.received(/WATCHDOG=1 STATUS=[1-9]/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/Experimental|cannot be told/) });
    await systemd.received(/^STOPPING=1 /m);
    expect(marked.code).toBe(0);
    const collection = join(directory, 'c.json');
    expect(systemd.messages[0]).toBe(`READY=1 STATUS=0 samples into ${collection}, 0 ticks missed`);
    expect(systemd.messages[1]).toMatch(`samples into ${collection}`);
    expect(systemd.messages.at(-1)).toBe('STOPPING=1 STATUS=handing over the last samples');
  });
});
