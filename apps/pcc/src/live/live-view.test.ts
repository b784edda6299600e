import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-live-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What a terminal was sent, as it comes. */
interface Screen {
  readonly child: ChildProcess;
  /** Waits until the terminal was sent something like this. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** Everything, when the program has ended; and its exit code. */
  end(): Promise<{ text: string; code: number }>;
}

/** Runs shell commands at a pseudo-terminal of so many columns. script(1) is in every Debian (bsdutils). */
function atTerminal(
  commands: string,
  { columns = 200, env = {} }: { columns?: number; env?: Record<string, string> } = {},
): Screen {
  const line = `stty cols ${columns}; ${commands}`;
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm', PCC: bin('pcc'), OUT: join(directory, 'c.json'), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return {
    child,
    async shows(pattern) {
      for (;;) {
        const found = pattern.exec(text);
        if (found) return found;
        await once(child.stdout, 'data');
      }
    },
    async end() {
      const [code] = await once(child, 'close');
      return { text, code };
    },
  };
}

/** What was drawn in the live line, one after the other. */
function drawn(text: string): string[] {
  const lines = text.matchAll(/\r\u001b\[[KJ]([^\r\n\u001b]*)/g);
  return Array.from(lines, ([, line = '']) => line).filter((line) => line.includes(' | '));
}

/** What stays on the screen. */
function remaining(text: string): string {
  return text.replace(/[^\n]*\u001b\[[KJ]/g, '').replaceAll('\r', '');
}

const SUMMARY = [
  /^pcc: (\d+) samples in \S+c\.json$/m,
  /^ {2}samples {6}\d+, missed \d+, in \d+s$/m,
  /^ {2}CPU busy {5}least [\d.]+%, mean [\d.]+%, most [\d.]+%$/m,
  /^ {2}memory used {2}least [\d.]+%, mean [\d.]+%, most [\d.]+%$/m,
  /^ {2}disks {8}at most (-|.*\/s) read, (-|.*\/s) written$/m,
  /^ {2}network {6}at most (-|.*\/s) received, (-|.*\/s) sent$/m,
  /^ {2}pcc itself {3}[\d.]+ s of CPU time \([\d.]+% of one core\), at most [\d.]+ MiB of memory$/m,
];

describe('at a terminal', () => {
  test('one line is drawn again and again, and at the end there is a summary', async () => {
    const { text, code } = await atTerminal('$PCC --frequency 300ms --duration 1500ms --collection "$OUT"').end();
    expect(code).toBe(0);
    const lines = drawn(text);
    expect(lines[0]).toMatch(
      /^0s, 1s left \| 0 samples 0 missed 0 waiting \| cpu - mem - \| disk r - w - \| net rx - tx - B\/s$/,
    );
    expect(lines.at(-1)).toMatch(
      / \| \d+ samples \d+ missed 0 waiting \| cpu \d+% mem \d+% \| disk r \S+ w \S+ \| net rx \S+ tx \S+ B\/s$/,
    );
    for (const pattern of SUMMARY) expect(remaining(text)).toMatch(pattern);
    // The live line is gone before the first line of what stays.
    expect(text).toMatch(/\r\u001b\[Kpcc: \d+ samples in/);
    expect(remaining(text)).not.toContain('\u001b');
  });

  test('a fast interval is drawn a few times a second, and every sample counts', async () => {
    const { text } = await atTerminal('$PCC --frequency 10ms --duration 1s --collection "$OUT"').end();
    const [, samples = ''] = SUMMARY[0]?.exec(remaining(text)) ?? [];
    expect(Number(samples)).toBeGreaterThan(10);
    expect(drawn(text).length).toBeLessThan(Number(samples));
    expect(drawn(text).at(-1)).toContain(`| ${samples} samples`);
  });

  test('the line is cut at the width of the terminal, and again when that changes', async () => {
    const screen = atTerminal('tty; exec $PCC --frequency 300ms --collection "$OUT"', { columns: 50 });
    const [, terminal = ''] = await screen.shows(/(\/dev\/pts\/\d+)/);
    await screen.shows(/\[K[^\r]*\| 1 samples/);
    execFileSync('stty', ['-F', terminal, 'cols', '30']);
    const [resized = ''] = await screen.shows(/\r\u001b\[J[^\r]*\r/);
    screen.child.stdin?.write('\u0003'); // Ctrl-C
    const { text, code } = await screen.end();
    expect(code).toBe(0);
    expect(drawn(text)[0]).toHaveLength(49);
    expect(drawn(resized)[0]).toHaveLength(29);
  });

  test('what the log says stands above the line, whole', async () => {
    const { text } = await atTerminal(
      '$PCC --frequency 300ms --duration 900ms --collection "$OUT" --control /dev/null/no',
    ).end();
    expect(text).toMatch(
      /\r\u001b\[Kpcc: warn: pcc mark does not reach this run: [^\r\u001b]*\r\n0s, [^\r]*\r\u001b\[K/,
    );
  });

  test('raw lines are shown in the same way', async () => {
    const { text } = await atTerminal('$PCC --format raw --frequency 1s --duration 2s --collection "$OUT"').end();
    expect(drawn(text).at(-1)).toMatch(/\| cpu \d+% mem \d+% \|/);
  });
});

test.each([
  ['a log level above info', '$PCC --log-level warn', {}],
  ['a terminal that cannot go back', '$PCC', { TERM: 'dumb' }],
  ['standard error in a file', '$PCC 2>&1 | cat', {}],
])('%s sees no live line and no control characters', async (_, command, env) => {
  const argv = '--frequency 100ms --duration 200ms --collection "$OUT"';
  const { text } = await atTerminal(command.replace('$PCC', `$PCC ${argv}`), { env }).end();
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('CPU busy');
});
