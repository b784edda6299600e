import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAMS } from '../declared-options.ts';
import { completionFiles } from './completions.ts';

/** What a package puts into the root; the shells are told by their own variables that it is there. */
const root = mkdtempSync(join(tmpdir(), 'completions-'));
const share = join(root, 'usr/share');
const env = {
  PATH: `${dirname(bin('pcc'))}${delimiter}${process.env.PATH}`,
  HOME: root,
  ZDOTDIR: root,
  SHELL: '/bin/sh',
  TERM: 'dumb',
  LANG: 'C.UTF-8',
  XDG_DATA_DIRS: `${share}:/usr/share`,
};

beforeAll(() => {
  for (const { path, text } of PROGRAMS.flatMap(completionFiles)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A shell at a terminal of its own that is ready for keys. script(1) is in every Debian (bsdutils). */
async function atTerminal(command: string) {
  const child = spawn('script', ['--quiet', '--flush', '--command', `stty cols 200; ${command}`, '/dev/null'], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`${command} ended with ${code}: ${text}`);
  });
  ended.catch(() => {}); // it is killed at the end, when nobody waits
  const shows = async (words: string) => {
    while (!text.includes(words)) await Promise.race([once(child.stdout, 'data'), ended]);
    text = text.slice(text.indexOf(words) + words.length);
  };
  await shows('ready> ');
  return { type: (keys: string) => child.stdin.write(keys), shows };
}

const FISH = (line: string) => spawnSync('fish', ['--command', `complete -C'${line}'`], { env, encoding: 'utf8' });

async function startBash() {
  const rc = join(root, 'bashrc');
  const known = PROGRAMS.map((program) => `complete -p ${program} 2>/dev/null && exit 9`).join('\n');
  writeFileSync(rc, `source /usr/share/bash-completion/bash_completion\n${known}\nPS1='ready> '\n`);
  return atTerminal(`bash --noprofile --rcfile ${rc} -i`);
}

async function startZsh(before: string, after: string) {
  const setup = `autoload -Uz compinit\ncompinit -u -D\n`;
  // Completed words are appended, nothing is drawn over what is there.
  writeFileSync(join(root, '.zshrc'), `${before}\n${setup}${after}\nPS1='ready> '\n`);
  return atTerminal('zsh -d -i');
}

describe.each(PROGRAMS)('the installed completions of %s', (program) => {
  test('bash loads them at the first TAB', async () => {
    const terminal = await startBash();
    terminal.type(`${program} completi\t`);
    await terminal.shows(`${program} completion `);
    terminal.type('zs\t');
    await terminal.shows('zsh ');
  });

  test('zsh loads them at the first TAB', async () => {
    const terminal = await startZsh(`fpath=(${share}/zsh/vendor-completions $fpath)`, '');
    terminal.type(`${program} completi\t`);
    await terminal.shows(`${program} completion `);
    terminal.type('zs\t');
    await terminal.shows('zsh ');
  });

  test('fish loads them for the first line', () => {
    const { stdout, stderr } = FISH(`${program} completion zs`);
    expect({ stdout, stderr }).toEqual({ stdout: 'zsh\n', stderr: '' });
  });
});

test('bash completes them behind sudo, too', async () => {
  const terminal = await startBash();
  terminal.type('sudo pcc chec\t');
  await terminal.shows('sudo pcc check ');
});

test('zsh takes them as a script that is sourced, too', async () => {
  const terminal = await startZsh('', 'source <(pcc completion zsh)');
  terminal.type('pcc completi\t');
  await terminal.shows('pcc completion ');
  terminal.type('fi\t');
  await terminal.shows('fish ');
});

test('each shell takes its files without a complaint', () => {
  for (const { path } of PROGRAMS.flatMap(completionFiles)) {
    const [shell = ''] = /bash|zsh|fish/.exec(path) ?? [];
    const { status, stderr } = spawnSync(shell, ['-n', join(root, path)], { env, encoding: 'utf8' });
    expect({ path, status, stderr }).toEqual({ path, status: 0, stderr: '' });
  }
});
