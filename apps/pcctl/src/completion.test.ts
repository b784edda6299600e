import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { beforeAll, expect, test } from 'vitest';
import { collection, fileWith, runPcctl, startPcd, tempDir } from './test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const env = {
  ...process.env,
  PATH: `${dirname(bin('pcctl'))}${delimiter}${process.env.PATH}`,
  XDG_CONFIG_HOME: join(directory, 'config'),
  PCD_HOME: pcd.home,
  PCCTL_SERVER: pcd.url,
};

beforeAll(async () => {
  for (const machine of ['web:01', 'web:02', 'db01'])
    await pcd.pcctl(['upload', fileWith(join(directory, 'c.json'), collection({ machine, samples: 1 }))]);
  for (const name of ['prod', 'preprod'])
    await runPcctl(['context', 'add', name, pcd.url], { env: { XDG_CONFIG_HOME: env.XDG_CONFIG_HOME } });
  fileWith(join(directory, 'one.json'), ['']);
});

/** The same in every shell: a line up to the cursor, and what the shell would put in place of its last word. */
const lines: readonly [string, readonly string[]][] = [
  ['pcctl mach', ['machines']],
  ['pcctl machines ', ['delete', 'list', 'show']],
  ['pcctl export --form', ['--format']],
  ['pcctl export --format ', ['collection', 'csv', 'csv-wide']],
  ['pcctl export --format csv', ['csv', 'csv-wide']],
  ['pcctl status --context ', ['preprod', 'prod']],
  ['pcctl machines show d', ['db01']],
  ['pcctl upload on', ['one.json']],
];

function shell(command: string, script: string): string {
  const { stdout, stderr, status } = spawnSync(command, ['-c', script], { env, cwd: directory, encoding: 'utf8' });
  expect({ command, stderr, status }).toEqual({ command, stderr: '', status: 0 });
  return stdout;
}

/** Each line in one session of a shell, and the words that it gave. @param tab what completes a line and prints the words */
function sessionOf(command: string, load: string, tab: (line: string) => string): (typeof lines)[number][] {
  const script = lines.map(([line]) => `${tab(line)}\necho ----\n`).join('');
  const answers = shell(command, `${load}\n${script}`).split('----\n');
  return lines.map(([line], at) => [line, wordsIn(answers[at] ?? '')]);
}

/** Without what describes them. */
function wordsIn(answer: string): string[] {
  const words = answer.split('\n').filter((word) => word !== '');
  return words.map((word) => word.replace(/\t.*|(?<!\\):.*/, '').replaceAll('\\:', ':')).sort();
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');

/** What readline does at a tab: it splits at COMP_WORDBREAKS too, and calls the function. */
function bashTab(line: string): string {
  const words = line.split(/([=:]+)|\s+/).filter((word) => word !== undefined);
  const state = `COMP_LINE='${line}'; COMP_POINT=${line.length}; COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}`;
  return `${state}; _pcctl_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
}

test('bash completes commands, flags, choices, names, machines and files', () => {
  const load = 'eval "$(pcctl completion bash)"; complete -p pcctl > /dev/null || exit 9';
  expect(sessionOf('bash', load, bashTab)).toEqual(lines);
});

test('bash gets what stands behind = and :, where it breaks a word', () => {
  const load = 'eval "$(pcctl completion bash)"';
  const both = `${load}\n${bashTab('pcctl export --format=csv-')}\n${bashTab('pcctl machines show web:0')}`;
  expect(shell('bash', both)).toBe('csv-wide\n01\n02\n');
});

test('fish completes the same', () => {
  expect(sessionOf('fish', 'pcctl completion fish | source', (line) => `complete -C'${line}'`)).toEqual(lines);
});

test('zsh completes the same', () => {
  // The completion system hands a function its words; it gives back by _describe and _files, which are noted here.
  const describe = `_describe() { print -l -- "\${(@P)\${@[-1]}}" }`;
  const files = '_files() { print -l -- $words[CURRENT]*(N) }';
  const load = `compdef() { }; ${describe}; ${files}; source <(pcctl completion zsh)`;
  const tab = (line: string) => {
    const words = line.split(' ');
    return `words=(${quoted(words)}); CURRENT=${words.length}; _pcctl`;
  };
  expect(sessionOf('zsh', load, tab)).toEqual(lines);
});

test('zsh takes the script as a file of its function path, too', () => {
  expect(shell('zsh', 'pcctl completion zsh > _pcctl; zsh -n _pcctl; head -1 _pcctl')).toBe('#compdef pcctl\n');
});

test('a server that is away offers nothing, and says nothing', async () => {
  const away = { ...env, PCCTL_SERVER: 'http://127.0.0.1:9' };
  const { code, stdout, stderr } = await runPcctl(['__complete', 'fish', 'machines', 'show', ''], {
    env: away as Record<string, string>,
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: ':none\n', stderr: '' });
});

test('an unknown shell is told with those that are known', async () => {
  const { code, stderr } = await runPcctl(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toBe('pcctl: "tcsh" is not a shell known here\n  Expected bash, zsh, fish.\n');
});

test.each(['pcc', 'pcd', 'pcprocess'])('%s completes its own command lines', (program) => {
  const { stdout, status } = spawnSync(bin(program), ['completion', 'bash'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toContain(`complete -F _${program}_complete ${program}\n`);
  const asked = spawnSync(bin(program), ['__complete', 'bash', `${program} --env-f`], { encoding: 'utf8' });
  expect(asked.stdout).toMatch(/^--env-file\t/);
});
