import { spawnSync } from 'node:child_process';
import { bin } from '@perfcollector/testing';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { program } from './program.ts';
import { runPcctl, tempDir } from './test-run.ts';

const directory = tempDir();

test('--help lists every command on standard output', async () => {
  const { code, stdout, stderr } = await runPcctl(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const listed = program.commands.filter(({ isHidden }) => !isHidden);
  const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/, '  '));
  for (const { name, summary } of listed) expect(lines).toContain(`${name}  ${summary}`);
  expect(stdout).not.toContain('__complete');
});

test('--version is the name and the version of the package', async () => {
  expect(await runPcctl(['--version'])).toEqual({ code: 0, stdout: `pcctl ${manifest.version}\n`, stderr: '' });
});

/** What is done on this machine alone. */
const LOCAL = /^(context|completion|__complete)/;
const remote = program.commands.map(({ name }) => name).filter((name) => !LOCAL.test(name));

test.each(remote)('%s --help tells how to reach a server', async (name) => {
  const { code, stdout, stderr } = await runPcctl([...name.split(' '), '--help'], {
    env: { PCCTL_APIKEY: 'sesame-sesame' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Usage: pcctl ${name} [options]`);
  expect(stdout).toMatch(/--server <url> .*\(PCCTL_SERVER, default http:\/\/127\.0\.0\.1:8080\)/);
  expect(stdout).toContain('PCCTL_APIKEY');
  expect(stdout).not.toContain('sesame');
});

test.each(['keys', 'machines'])('%s alone lists its commands, as a mistake', async (word) => {
  const { code, stdout, stderr } = await runPcctl([word]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const own = program.commands.filter(({ name }) => name.startsWith(`${word} `));
  expect(own.length).toBeGreaterThan(2);
  for (const { name } of own) expect(stderr).toContain(`  ${name} `);
  expect(stderr).not.toContain('upload');
});

const misuse: readonly [string[], string, string][] = [
  [['frobnicate'], 'there is no command "frobnicate"', 'pcctl'],
  [['keys', 'frobnicate'], 'there is no command "keys frobnicate"', 'pcctl'],
  [['keys', 'list', '--frobnicate'], "unknown option '--frobnicate'", 'pcctl keys list'],
  [['keys', 'revoke'], "missing required argument 'id'", 'pcctl keys revoke'],
  [['machines', 'show'], "missing required argument 'machine'", 'pcctl machines show'],
  [['export'], "missing required argument 'machine'", 'pcctl export'],
  [['export', 'a', 'b'], 'too many arguments', 'pcctl export'],
  [['upload'], "missing required argument 'file'", 'pcctl upload'],
  [['ping', 'x'], 'too many arguments', 'pcctl ping'],
];

test.each(misuse)('%j is exit code 2, a sentence, and where to look', async (argv, sentence, see) => {
  const { code, stdout, stderr } = await runPcctl(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`pcctl: ${sentence}`);
  expect(stderr).toContain(`\n  See ${see} --help.\n`);
});

test('the installed program runs, and says what is wrong by sentence and exit code', () => {
  const env = { ...process.env, PCD_HOME: directory, PCCTL_SERVER: 'nonsense' };
  const { status, stdout, stderr } = spawnSync(bin('pcctl'), ['ping'], { env, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    'pcctl: PCCTL_SERVER: "nonsense" is no address of a pcd; expected one such as http://127.0.0.1:8080\n',
  );
});

test.each(['--help', '-h'])('keys %s lists what can be done with keys', async (flag) => {
  const { code, stdout, stderr } = await runPcctl(['keys', flag]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/keys create .*\n {2}keys revoke /);
});

test('what stands on the command line by mistake is not repeated: it may be a key', async () => {
  for (const argv of [
    ['status', '--apikey=pck_secret'],
    ['status', 'pck_secret'],
    ['status', '--apikey-file', 'pck_secret'],
  ]) {
    const { code, stderr } = await runPcctl(argv);
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toContain('pck_secret');
  }
});
