/**
 * The image works as compose.yaml and the manifests run it: nothing but its own files, read-only, as a user without rights,
 * its health checks included. The executable is built for it, which takes most of the time.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { canMount } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthCommand, stagesOf } from './test-dockerfile.ts';
import { buildImage, type Image } from './test-image.ts';

const stages = stagesOf(readFileSync(new URL('Dockerfile', import.meta.url), 'utf8'));

describe.skipIf(!canMount)('the image', () => {
  let image: Image;
  beforeAll(() => {
    image = buildImage();
  }, 600_000);
  afterAll(() => image[Symbol.asyncDispose]());

  const run = async (stage: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = image.start(stage, argv, env);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, stdout, stderr };
  };
  const checked = (stage: string, env: Readonly<Record<string, string>> = {}) =>
    run(stage, healthCommand(stages, stage), env);

  it('holds no shell, no package manager and no Node, but licences and what scanners read', () => {
    const programs = globSync('{bin,sbin,usr/bin,usr/sbin,usr/local/bin}/*', { cwd: image.root }).sort();
    expect(programs).toEqual(['pcc', 'pcctl', 'pcd', 'pcprocess'].map((name) => `usr/bin/${name}`));
    for (const name of ['libc6', 'libatomic1', 'perfcollector-common']) {
      expect(readFileSync(join(image.root, 'var/lib/dpkg/status.d', name), 'utf8')).toMatch(/^Version: /m);
      expect(existsSync(join(image.root, 'usr/share/doc', name, 'copyright'))).toBe(true);
    }
  });

  it('runs pcd and pcc, both healthy, with nothing to write to but their volumes', async () => {
    const pcd = image.start('pcd', ['/usr/bin/pcd'], {
      PCD_LISTENADDRESS: '0.0.0.0:0',
      PCD_INSECURE_HTTP: 'true',
    });
    const [, port] = await said(pcd, /listening on http:\/\/0\.0\.0\.0:(\d+)/);
    const server = `http://127.0.0.1:${port}`;
    expect(await checked('pcd', { PCCTL_SERVER: server })).toMatchObject({ code: 0, stderr: '' });

    const made = await run('pcd', ['/usr/bin/pcctl', 'keys', 'create', '--name', 'agents'], { PCCTL_SERVER: server });
    const env = {
      PCC_MODE: 'trickle',
      PCC_SERVER: server,
      PCC_APIKEY: made.stdout.split('\n')[0] ?? '',
      PCC_FREQUENCY: '200ms',
    };
    const pcc = image.start('pcc', ['/usr/bin/pcc', '--identifier', 'boxed01'], env);
    await expect.poll(() => checked('pcc')).toMatchObject({ code: 0, stderr: '' });
    const show = () =>
      run('pcd', ['/usr/bin/pcctl', 'machines', 'show', 'boxed01', '--json'], { PCCTL_SERVER: server });
    await expect.poll(async () => JSON.parse((await show()).stdout || '{}').samples).toBeGreaterThan(2);

    for (const child of [pcc, pcd]) expect(await stop(child)).toBe(0);
    expect(await checked('pcc')).toMatchObject({ code: 1 });
    expect(await checked('pcd', { PCCTL_SERVER: server })).toMatchObject({ code: 1 });
  });

  it('does not begin to serve plain HTTP to others by itself', async () => {
    const { code, stderr } = await run('pcd', ['/usr/bin/pcd']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/does not serve plain HTTP on 0\.0\.0\.0/);
  });
});

async function said(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<RegExpExecArray> {
  let heard = '';
  child.stderr.on('data', (piece) => {
    heard += piece;
  });
  for await (const piece of child.stdout) {
    heard += piece;
    const found = pattern.exec(heard);
    if (found) return found;
  }
  throw new Error(`it ended without saying ${pattern}: ${heard}`);
}

/** What engines send goes to the program, which is process 1 of its namespace, not to who made that. */
async function stop(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  const ended = once(child, 'exit');
  const program = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  process.kill(Number(program), 'SIGTERM');
  return (await ended)[0];
}
