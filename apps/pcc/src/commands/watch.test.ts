import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, hostRoot } from '@perfcollector/testing';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { runPcc } from '../test-run.ts';

const home = mkdtempSync(join(tmpdir(), 'pcc-watch-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('pcc watch where output is no terminal', () => {
  test('prints one whole frame and ends', async () => {
    const { code, stdout, stderr } = await runPcc(['watch', '--frequency', '200ms']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^CPU .* idle$/gm)).toHaveLength(1);
    const memTotal = Number(/^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
    const total = Number(/^MEMORY {2}total ([\d.]+)G/m.exec(stdout)?.[1]);
    expect(Math.abs(total - memTotal / 2 ** 20)).toBeLessThan(0.06 + total / 100);
    const [, all = ''] = /^all\s+(.*)$/m.exec(stdout) ?? [];
    const shares = all.split(/\s+/).map(Number);
    expect(shares).toHaveLength(8);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 0);
  });

  test('prints as many frames as are asked for, an empty line between them', async () => {
    const { stdout } = await runPcc([
      'watch',
      '--frequency',
      '100ms',
      '--count',
      '3',
      '--sources',
      'stat,loadavg',
      '--top',
      '0',
    ]);
    const frames = stdout.split('\n\n');
    expect(frames).toHaveLength(3);
    for (const frame of frames) expect(frame).toMatch(/^\S+ {2}\S+ {2}up - {2}load .* every 100ms\nCPU .*\nall /);
  });

  test("a process's name moves no cursor", async () => {
    const program = join(home, 'x\u001b[2J\u009bß名');
    copyFileSync('/bin/sleep', program);
    const sleeper = spawn(program, ['60'], { stdio: 'ignore' });
    onTestFinished(() => void sleeper.kill());
    await once(sleeper, 'spawn');
    const { stdout } = await runPcc(['watch', '--frequency', '100ms', '--top', '999']);
    expect(stdout).toMatch(/ x\?\[2J\?ß名$/m);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('shows a capture of an old kernel as far as it goes', async () => {
    const { code, stdout } = await runPcc(['watch', '--frequency', '100ms', '--root', hostRoot('centos7-3.10-x86_64')]);
    expect(code).toBe(0);
    expect(stdout).toContain('used - -%  available -');
    expect(stdout).not.toContain('STALLED');
    expect(stdout).toMatch(/^DISK .*\nsda /m);
  });

  test.each([
    ['--count', '0', /"0" is no number of frames/],
    ['--frequency', 'infinity', /cannot be infinite/],
    ['--frequency', '1ms', /too short/],
  ])('%s %s is used wrongly', async (flag, value, message) => {
    const { code, stderr } = await runPcc(['watch', flag, value]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

/** A shell on a pseudo-terminal of its own, with what it has been sent. */
interface OnTerminal {
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  type(keys: string): void;
  readonly ended: Promise<unknown>;
  readonly text: string;
}

/** Runs the command, tells process id and terminal first and the state of the terminal afterwards. */
function onTerminal(command: string, env: Record<string, string> = { TERM: 'xterm' }): OnTerminal {
  const session = `stty rows 24 cols 80; stty -g; sh -c 'echo "pid=$$ tty=$(tty)."; exec ${command}'; echo "code=$?."; stty -g`;
  const child = spawn('script', ['-qec', session, '/dev/null'], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill());
  const heard = new EventEmitter();
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
    heard.emit('more');
  });
  const ended = once(child, 'close');
  return {
    ended,
    get text() {
      return text;
    },
    type: (keys) => child.stdin.write(keys),
    async seen(pattern) {
      for (;;) {
        const match = pattern.exec(text);
        if (match) return match;
        const isMore = once(heard, 'more').then(() => true);
        if (!(await Promise.race([isMore, ended.then(() => false)]))) throw new Error(`it ended and showed: ${text}`);
      }
    },
  };
}

const watching = `${bin('pcc')} watch --frequency 200ms --top 3`;
const LEFT = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';

/** The terminal's settings before and after, and whether the program left the screen as the last thing it did. */
function isGivenBack({ text }: OnTerminal): void {
  const [before, after] = text.match(/^[0-9a-f]+(:[0-9a-f]+){10,}/gm) ?? [];
  expect(before).toBeDefined();
  expect(after).toBe(before);
  expect(text).toContain('\u001b[?1049h\u001b[?25l');
  const behind = text.split(LEFT);
  expect(behind).toHaveLength(2);
  expect(behind[1]).toMatch(/^code=0\./);
}

describe('pcc watch on a terminal', () => {
  test('draws in place and obeys keys; q gives the terminal back', async () => {
    const terminal = onTerminal(watching);
    await terminal.seen(/q ends {2}space pauses/);
    await terminal.seen(/CPU %/);
    terminal.type('m ');
    await terminal.seen(/PAUSED|\[memory\]/);
    terminal.type('\u001b[A'); // an arrow ends nothing
    terminal.type('q');
    await terminal.ended;
    isGivenBack(terminal);
    expect(terminal.text.match(/\u001b\[2J/g)).toHaveLength(1);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('gives the terminal back at %s', async (signal) => {
    const terminal = onTerminal(watching);
    const [, pid] = await terminal.seen(/pid=(\d+)/);
    await terminal.seen(/q ends/);
    process.kill(Number(pid), signal);
    await terminal.ended;
    isGivenBack(terminal);
  });

  test('Ctrl-C gives the terminal back', async () => {
    const terminal = onTerminal(watching);
    await terminal.seen(/q ends/);
    terminal.type('\u0003');
    await terminal.ended;
    isGivenBack(terminal);
  });

  test('gives the terminal back after the last frame', async () => {
    const terminal = onTerminal(`${watching} --count 1`);
    await terminal.ended;
    isGivenBack(terminal);
  });

  test('draws anew when the window has another size', async () => {
    const terminal = onTerminal(watching);
    const [, tty = ''] = await terminal.seen(/tty=(\S+)\./);
    await terminal.seen(/\u001b\[24;1Hq ends/);
    await once(spawn('stty', ['-F', tty, 'rows', '30', 'cols', '100']), 'exit');
    await terminal.seen(/\u001b\[30;1Hq ends/);
    terminal.type('q');
    await terminal.ended;
    expect(terminal.text).toContain(LEFT);
  });

  test('prints frames one after another where the terminal can do no more', async () => {
    const terminal = onTerminal(`${watching} --count 2`, { TERM: 'dumb' });
    await terminal.ended;
    expect(terminal.text).not.toContain('\u001b');
    expect(terminal.text.match(/^CPU /gm)).toHaveLength(2);
  });
});
