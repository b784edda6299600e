import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openProgress, progressText } from './progress.ts';

test('the line says how much, how fast and how long still', () => {
  const file = { name: 'web01.json', bytes: 4 * 2 ** 20, done: 2 ** 20 };
  expect(progressText(file, 2)).toBe(
    'web01.json [######                  ]  25% 1.0 MiB of 4.0 MiB, 512.0 KiB/s, 6 s left',
  );
  expect(progressText({ ...file, done: 0 }, 0)).toBe('web01.json [                        ]   0% 0 B of 4.0 MiB');
  expect(progressText({ name: 'empty', bytes: 0, done: 0 }, 1)).toContain('100%');
});

test.each([[79], [60]])('in %i columns the bar and the name give way to the figures', (room) => {
  const file = { name: 'a-machine-with-a-long-name.json.zst', bytes: 263.1 * 2 ** 20, done: 114 * 2 ** 20 };
  const text = progressText(file, 3, room);
  const figures = '43% 114.0 MiB of 263.1 MiB, 38.0 MiB/s, 4 s left';
  expect(text.endsWith(figures)).toBe(true);
  expect(text.length).toBeLessThanOrEqual(room);
});

/** What is written to standard error that is a terminal, or is none. */
function written(terminal: object, env: Readonly<Record<string, string>> = { TERM: 'xterm' }): string {
  let text = '';
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    text += String(chunk);
    done();
  };
  const stderr = Object.assign(new Writable({ write }), terminal);
  const stdin = new PassThrough();
  const progress = openProgress({
    stdin,
    stdout: new PassThrough(),
    stderr,
    env,
    signal: new AbortController().signal,
  });
  progress.begin('a.json', 100);
  progress.add(50);
  progress.say('the server went away');
  progress.close();
  return text;
}

test('on a terminal the line is drawn, sentences stand above it, and in the end it is gone', () => {
  const text = written({ isTTY: true, columns: 60 });
  expect(text).toContain('a.json [');
  expect(text).toContain('the server went away\n');
  expect(text.endsWith('\r\u001b[K')).toBe(true);
});

test.each([[{}], [{ isTTY: true }]])('where there is none only sentences are written', (terminal) => {
  expect(written(terminal, { TERM: 'dumb' })).toBe('the server went away\n');
});
