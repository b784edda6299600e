import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, runMain } from '@perfcollector/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const directory = mkdtempSync(join(tmpdir(), 'plain-http-'));
afterAll(() => rmSync(directory, { recursive: true }));
const { server } = makeCertificates(directory);
const TLS = ['--tls-cert', server.cert, '--tls-key', server.key];

/** A pcd that is told to stop before it begins. */
function run(...argv: readonly string[]) {
  return runMain(main, ['--home', join(directory, 'home'), ...argv], { signal: AbortSignal.abort() });
}

describe('plain HTTP', () => {
  it.each(['0.0.0.0:0', ':0', '[::]:0', '192.0.2.1:0', 'collector.example:0'])(
    'is not served on %s: one sentence, and what to do',
    async (address) => {
      const { code, stdout, stderr } = await run('--listen', address);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(
        /^pcd: pcd does not serve plain HTTP on .*\n {2}Give it a certificate .* --insecure-http .*\n$/,
      );
    },
  );

  it.each(['127.0.0.1:0', '[::1]:0', 'localhost:0', `unix:${directory}/pcd.sock`])(
    'is served on %s, which no other machine reaches',
    async (address) => {
      expect(await run('--listen', address)).toMatchObject({ code: 0 });
    },
  );

  it('is served where one says that it may be', async () => {
    const { code, stdout } = await run('--listen', '0.0.0.0:0', '--insecure-http');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('listening on http://0.0.0.0:'),
    });
  });

  it('is not what a server with a certificate serves', async () => {
    const { code, stdout } = await run('--listen', '0.0.0.0:0', ...TLS);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('listening on https://0.0.0.0:'),
    });
  });

  it('is what a Unix socket is for: certificates there are a mistake', async () => {
    const { code, stderr } = await run('--listen', `unix:${directory}/pcd.sock`, ...TLS);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pcd: a Unix socket is served without TLS\n/);
  });
});
