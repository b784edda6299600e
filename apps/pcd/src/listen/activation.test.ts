import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@perfcollector/api';
import { makeCertificates } from '@perfcollector/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { PcdProcess, startPcd } from '../test-process.ts';
import { activated } from './test-activated.ts';

let directory: string;
let home: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcd-activation-'));
  home = join(directory, 'home');
  return () => rmSync(directory, { recursive: true });
});

async function nameAt(server: string, tls?: { ca: Buffer }): Promise<string> {
  const client = new Client({ server, tls });
  const { name } = await client.version();
  await client.close();
  return name;
}

describe('a socket that systemd hands over', () => {
  it('is served instead of --listen', async () => {
    await using pcd = await startPcd(home, { PCD_LISTENADDRESS: '127.0.0.1:1' }, activated('127.0.0.1:0'));
    expect(pcd.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await nameAt(pcd.url)).toBe('pcd');
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('may be a Unix socket, which stays for the next pcd', async () => {
    const path = join(directory, 'pcd.sock');
    await using pcd = await startPcd(home, {}, activated(path));
    expect(pcd.url).toBe(`unix:${path}`);
    expect(await nameAt(pcd.url)).toBe('pcd');
    expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(statSync(path).isSocket()).toBe(true);
  });

  it('that other machines reach is refused without TLS, and served with it', async () => {
    const refused = await new PcdProcess([], { PCD_HOME: home }, activated('0.0.0.0:0')).ended;
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^pcd: pcd does not serve plain HTTP on 0\.0\.0\.0, /m);
    const { ca, server } = makeCertificates(directory);
    const env = { PCD_TLS_CERT: server.cert, PCD_TLS_KEY: server.key };
    await using pcd = await startPcd(home, env, activated('0.0.0.0:0'));
    expect(await nameAt(pcd.url.replace('0.0.0.0', '127.0.0.1'), { ca: readFileSync(ca.cert) })).toBe('pcd');
  });

  it('must be the only one', async () => {
    const { code, stderr } = await new PcdProcess([], { PCD_HOME: home }, activated('127.0.0.1:0', '127.0.0.1:0'))
      .ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcd: systemd hands over 2 sockets, and pcd listens on one\n {2}Leave one ListenStream=/);
  });

  it('is nothing to a process that was not meant', async () => {
    await using pcd = await startPcd(home, { LISTEN_PID: '1', LISTEN_FDS: '1' });
    expect(await nameAt(pcd.url)).toBe('pcd');
  });
});
