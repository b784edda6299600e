import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';

/** Runs `main`, given as source text, as a process of its own. */
function start(main: string, stderr: 'inherit' | 'pipe' | number = 'inherit') {
  const source = `import { runBin } from ${JSON.stringify(import.meta.resolve('./io.ts'))}; await runBin(${main});`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', source, '--', 'place of the script', 'one', 'two words'],
    {
      env: { ...process.env, NODE_OPTIONS: '', GREETING: 'hello' },
      stdio: ['pipe', 'pipe', stderr],
    },
  ) as ChildProcessByStdio<Writable, Readable, Readable | null>;
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function firstLine(child: ReturnType<typeof start>): Promise<string> {
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
}

test('the exit code is what main returns', async () => {
  expect(await exitOf(start('async () => 7'))).toBe(7);
});

test('main gets the arguments, the environment and the streams of the process', async () => {
  const child = start(`async (argv, io) => {
    for await (const chunk of io.stdin) io.stdout.write([...argv, io.env.GREETING, chunk].join('|') + '\\n');
    return 0;
  }`);
  child.stdin.end('typed');
  expect(await firstLine(child)).toBe('one|two words|hello|typed');
  expect(await exitOf(child)).toBe(0);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s asks main to end, and main decides how', async (signal) => {
  const child = start(`(argv, io) => new Promise((resolve) => {
    const busy = setInterval(() => {}, 1000);
    io.signal.addEventListener('abort', () => { clearInterval(busy); resolve(3); });
    io.stdout.write('ready\\n');
  })`);
  await firstLine(child);
  child.kill(signal);
  expect(await exitOf(child)).toBe(3);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the same signal again (%s) ends a main that does not', async (signal, code) => {
  const child = start(`(argv, io) => new Promise(() => {
    setInterval(() => {}, 1000);
    io.signal.addEventListener('abort', () => io.stdout.write('asked\\n'));
    io.stdout.write('ready\\n');
  })`);
  const lines = createInterface(child.stdout);
  await once(lines, 'line');
  child.kill(signal);
  expect(await once(lines, 'line')).toEqual(['asked']);
  child.kill(signal);
  expect(await exitOf(child)).toBe(code);
});

test('a reader of standard output that leaves early is no failure', async () => {
  const child = start(`(argv, io) => new Promise(() => {
    setInterval(() => io.stdout.write('more and more\\n'), 1);
  })`);
  await firstLine(child);
  child.stdout.destroy();
  expect(await exitOf(child)).toBe(0);
});

test('signals go to who takes them, as often as they come, and end the program again afterwards', async () => {
  const child = start(`(argv, io) => new Promise((resolve) => {
    setInterval(() => {}, 1000);
    let count = 0;
    const giveBack = io.takeSignals((signal) => {
      count += 1;
      if (count === 2) giveBack();
      io.stdout.write(signal + count + '\\n');
    });
    io.signal.addEventListener('abort', () => process.exit(9));
    io.stdout.write('ready\\n');
  })`);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const heard = async () => (await lines.next()).value;
  expect(await heard()).toBe('ready');
  child.kill('SIGINT');
  expect(await heard()).toBe('SIGINT1');
  child.kill('SIGINT');
  expect(await heard()).toBe('SIGINT2');
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(9);
});

/** Says something at every byte of input, and ends with it. */
const TALKER = `async (argv, io) => {
  for await (const _ of io.stdin) {
    await new Promise((resolve) => io.stderr.write('heard\\n', resolve));
    io.stdout.write('heard\\n');
  }
  return 6;
}`;

test('a log that nobody reads any more, or whose disk is full, does not end main', async () => {
  const full = openSync('/dev/full', 'w');
  const [unread, unwritten] = [start(TALKER, 'pipe'), start(TALKER, full)];
  closeSync(full);
  unread.stderr?.destroy();
  for (const child of [unread, unwritten]) {
    const lines = createInterface(child.stdout);
    for (let time = 0; time < 3; time += 1) {
      const heard = once(lines, 'line');
      child.stdin.write('.');
      await heard;
    }
    child.stdin.end();
    expect(await exitOf(child)).toBe(6);
  }
});
