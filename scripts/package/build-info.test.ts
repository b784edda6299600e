import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildInfo } from '@perfcollector/cli';
import { observe } from '@perfcollector/testing';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { lazyBuiltins } from '../build/lazy-builtins.ts';
import { PROGRAMS } from '../declared-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules/.bin/node');
const made = mkdtempSync(join(tmpdir(), 'build-info-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));
const info: BuildInfo = { version: '9.8.7', commit: '4137c62', date: '2026-11-21' };
const env = { PATH: process.env.PATH, HOME: made, PCC_CONTROL: 'none' };

/** The programs as they are packaged: of a version of their own. */
async function bundle(outdir: string, built: BuildInfo): Promise<void> {
  const threads = ['writer', 'reader'].map((name) => `packages/storage/src/sqlite/${name}.ts`);
  await build({
    absWorkingDir: root,
    entryPoints: [
      ...PROGRAMS.map((name) => ({ in: `apps/${name}/src/bin.ts`, out: name })),
      ...threads.map((path) => ({ in: path, out: path.replace(/.*\/|\.ts$/g, '') })),
    ],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    plugins: [lazyBuiltins],
    define: { PERFCOLLECTOR_BUILD: JSON.stringify(built) },
  });
}

function run(name: string, ...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(node, [join(made, `${name}.mjs`), ...argv], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

beforeAll(() => bundle(made, info));

test.each(PROGRAMS)('%s tells the version, the commit and the day that it was built of', (name) => {
  expect(run(name, '--version')).toBe(`${name} 9.8.7 (4137c62, 2026-11-21)\n`);
  expect(run(name, '--help')).toMatch(new RegExp(`^${name} 9\\.8\\.7: `));
});

test('the header of a run names the version that sampled', () => {
  const path = join(made, 'c.json');
  run('pcc', '--collection', path, '--frequency', '10ms', '--duration', '10ms', '--log-level', 'warn');
  expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '')).toMatchObject({ agent: 'pcc 9.8.7' });
});

test('what is not known of a build is not told', async () => {
  const bare = join(made, 'bare');
  await bundle(bare, { date: '2026-11-21' });
  const { stdout } = spawnSync(node, [join(bare, 'pcc.mjs'), '--version'], { env, encoding: 'utf8' });
  expect(stdout).toBe(`pcc ${manifest.version} (2026-11-21)\n`);
});

describe('a server', () => {
  let url = '';
  beforeAll(async () => {
    const home = join(made, 'home');
    const argv = [join(made, 'pcd.mjs'), '--listen', '127.0.0.1:0', '--home', home, '--metrics-open', 'loopback'];
    const { child, ended, said } = observe(spawn(node, argv, { env }));
    [, url = ''] = await said(/^pcd 9\.8\.7 \(4137c62, 2026-11-21\) listening on (\S+), home /);
    return async () => {
      child.kill('SIGTERM');
      await ended;
    };
  });

  test('tells it in its first line, and to who asks', async () => {
    expect(url).toMatch(/^http:/);
    const reply = await fetch(`${url}/v1/version`);
    expect(await reply.json()).toEqual({ name: 'pcd', api: 'v1', ...info });
    expect(run('pcctl', 'version', '--server', url)).toBe('pcd 9.8.7 (4137c62, 2026-11-21), API v1\n');
  });

  test('tells it in its metrics', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('pcd_build_info{version="9.8.7",revision="4137c62"} 1\n');
  });

  test("and pcctl takes nothing of its own build for the server's", async () => {
    const older = JSON.stringify({ name: 'pcd', version: '1.0.0', api: 'v1' });
    const server = createServer((_, response) => response.end(older)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const child = spawn(node, [join(made, 'pcctl.mjs'), 'version', '--server', `http://127.0.0.1:${port}`], { env });
    expect((await observe(child).ended).stdout).toBe('pcd 1.0.0, API v1\n');
  });
});
