import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotifySocket } from '@perfcollector/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatagrams } from './datagram.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'datagram-'));
  return () => rmSync(directory, { recursive: true });
});

/** What a Node with these flags says of an expression about `send`. */
function said(flags: readonly string[], expression: string): string {
  const program = `import { openDatagrams } from ${JSON.stringify(new URL('datagram.ts', import.meta.url))};
    const send = openDatagrams();
    console.log(${expression});`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

describe('a datagram', () => {
  test('arrives as it is, whatever the garbage collector did since its sender was opened', async () => {
    const path = join(directory, 'socket');
    const socket = await NotifySocket.open(path);
    const sends = `[1, 2, 3].map((at) => { gc(); gc(); return send(${JSON.stringify(path)}, 'é€😀 ' + at); }).join()`;
    expect(said(['--expose-gc'], sends)).toBe('true,true,true\n');
    await socket.received(/ 3$/m);
    expect(socket.messages).toEqual(['é€😀 1', 'é€😀 2', 'é€😀 3']);
  });

  test.each([
    ['nobody listens', 'nobody'],
    ['no socket can have such a path', 'x'.repeat(200)],
  ])('is not taken where %s', (_, name) => {
    expect(openDatagrams()?.(join(directory, name), 'READY=1')).toBe(false);
  });

  test.each([
    ['has no node:ffi', ['--no-experimental-ffi']],
    ['may not call libc', ['--permission', '--allow-fs-read=*']],
  ])('is not sent by a Node that %s', (_, flags) => {
    expect(said(flags, 'send')).toBe('undefined\n');
  });
});
