import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { observe } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { askingScript } from '../../../packages/procfs/src/sources/statfs/asking-script.ts';
import { ARCHITECTURES, isNative } from '../architecture.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'loader-'));
const executable = join(place, 'out', ARCHITECTURES.find(isNative)?.debian ?? '', 'perfcollector');

beforeAll(() => {
  const how = [
    '--only',
    'executable',
    '--arch',
    ARCHITECTURES.find(isNative)?.debian ?? '',
    '--out',
    join(place, 'out'),
  ];
  execFileSync(process.execPath, ['scripts/package.ts', ...how], { cwd: root, stdio: 'pipe' });
}, 300_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

function called(argv0: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const own = { HOME: place, PATH: '/usr/bin:/bin', PCC_CONTROL: 'none', ...env };
  const { status, stdout, stderr } = spawnSync(executable, args, { argv0, env: own, cwd: place, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the executable', () => {
  test.each(['pcc', 'pcd', 'pcctl', 'pcprocess'])('is %s when it is called so, or told so', (name) => {
    const said = { status: 0, stdout: expect.stringMatching(new RegExp(`^${name} \\d`)), stderr: '' };
    expect(called(name, ['--version'])).toEqual(said);
    expect(called(`/usr/bin/${name}`, ['--version'])).toEqual(said);
    expect(called('perfcollector', [name, '--version'])).toEqual(said);
  });

  test.each(['', 'foo', 'constructor', '__proto__'])('is nothing by the name %j, and says what it can be', (name) => {
    const stderr = `${name || 'perfcollector'}: call this as pcc, pcd, pcctl, pcprocess\n`;
    expect(called('perfcollector', name === '' ? [] : [name])).toEqual({ status: 2, stdout: '', stderr });
  });

  test("runs nobody's code: neither --eval, nor what NODE_OPTIONS says, nor flags of Node", () => {
    const code = 'console.log("ran")';
    writeFileSync(join(place, 'required.cjs'), code);
    const NODE_OPTIONS = `--require ${join(place, 'required.cjs')}`;
    expect(called('perfcollector', ['--eval', code])).toMatchObject({ status: 2, stdout: '' });
    expect(called('pcc', ['--eval', code])).toMatchObject({ status: 2, stdout: '' });
    expect(called('pcc', ['--version'], { NODE_OPTIONS }).stdout).toMatch(/^pcc .*\n$/);
  });

  test('leaves --eval of a command that pcc runs to that command', () => {
    const argv = ['pcc', 'run', '--collection', 'c.json', '--', 'echo', '--eval', 'console.log("ran")'];
    expect(called('perfcollector', argv)).toMatchObject({ status: 0, stdout: '--eval console.log("ran")\n' });
  });

  test('asks mounts in a process of its own, which has that name', async () => {
    const argv = ['--v8-pool-size=0', '--eval', askingScript];
    const child = spawn(executable, argv, { argv0: 'perfcollector', env: { UV_THREADPOOL_SIZE: '1' } });
    onTestFinished(() => void child.kill('SIGKILL'));
    const { said, ended } = observe(child);
    child.stdin.write('[0,"/"]\n');
    const [, blocks] = await said(/^\[0,"",\{.*"blocks":"(\d+)"/m);
    expect(Number(blocks)).toBe(statfsSync('/').blocks);
    child.stdin.end();
    await ended;
  });
});
