import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Header, noDamage, openFile, readCollection, type Sample } from '@perfcollector/collection';
import { bin, type Running } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileHolds, start } from '../test-process.ts';
import { runPcc } from '../test-run.ts';

let directory: string;
let collection: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-run-'));
  collection = join(directory, 'c.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function startRun(argv: readonly string[], env: Record<string, string> = {}): Running {
  return start('pcc', ['run', ...argv], { PCC_CONTROL: 'none', PCC_COLLECTION: collection, ...env });
}

async function read(): Promise<{ header: Header | undefined; samples: Sample[] }> {
  let header: Header | undefined;
  const samples: Sample[] = [];
  for await (const entry of readCollection(openFile(collection), noDamage())) {
    if (entry.kind === 'header') header = entry.value;
    if (entry.kind === 'sample') samples.push(entry.value);
  }
  return { header, samples };
}

describe('pcc run', () => {
  test('samples right before and right after a command, however short it is, and tells what it used', async () => {
    const { code, stdout, stderr } = await startRun(['--', 'sh', '-c', 'echo "done here"']).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done here\n' });
    const { header, samples } = await read();
    expect(samples.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(header).toMatchObject({ interval: 10, labels: { command: `sh -c 'echo "done here"'` } });
    expect(stderr).toMatch(/^pcc: 2 samples in \S+c\.json$/m);
    expect(stderr).toMatch(/^pcc: sh -c 'echo "done here"' ended with 0 after \d+\.\d\d s$/m);
    expect(stderr).toMatch(/^ {2}CPU time {2}user \d+\.\d\d s, system \d+\.\d\d s, of it and its descendants/m);
    expect(stderr).toMatch(
      /^ {2}host {6}CPU busy (-|[\d.]+%) on average, disks .* read and .* written, network .* sent$/m,
    );
  });

  test('samples at the interval while it runs; its own time alone is counted', async () => {
    const work = 'for (const end = Date.now() + 500; Date.now() < end;);';
    const { stderr } = await startRun(['--frequency', '50ms', '--', process.execPath, '-e', work]).ended;
    const { samples } = await read();
    const seqs = samples.map(({ seq }) => seq ?? 0);
    expect(seqs.length).toBeGreaterThan(3);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(new Set(samples.map(({ timestamp }) => timestamp)).size).toBe(samples.length);
    const [, user = ''] = /CPU time {2}user ([\d.]+) s/.exec(stderr) ?? [];
    expect(Number(user)).toBeGreaterThan(0);
    expect(stderr).toMatch(/^ {2}memory {4}[\d.]+ MiB at its peak, as far as seen; its first process alone$/m);
  });

  test.each([
    ['its exit code', ['sh', '-c', 'exit 7'], 7],
    ['128 and the number of the signal that ended it', ['sh', '-c', 'kill -TERM $$'], 143],
    ['127 where there is no such command', ['no-such-command-anywhere'], 127],
    ['127 where it has no name', [''], 127],
    ['126 where it cannot be run', ['/dev/null'], 126],
    ['126 where its path cannot be', ['/dev/null/x'], 126],
  ])('ends with %s', async (_, words, code) => {
    const ended = await startRun(['--', ...words]).ended;
    expect(ended.code).toBe(code);
    if (code === 127)
      expect(ended.stderr).toContain(
        `pcc: cannot run ${words[0] || "''"}: there is no such command\n  Check its name, and PATH.\n`,
      );
    if (code === 126)
      expect(ended.stderr).toMatch(
        /^pcc: cannot run \/dev\/null(: permission denied|\/x: a part of the path is not a directory)$/m,
      );
  });

  test('lets the command have standard input, and a log level above info leaves the end untold', async () => {
    const running = startRun(['--log-level', 'warn', 'tr', 'a-z', 'A-Z']);
    running.child.stdin?.end('typed in');
    expect(await running.ended).toEqual({ code: 0, stdout: 'TYPED IN', stderr: '' });
  });

  test('has the labels that it was given, from every flag', async () => {
    const argv = ['run', '--collection', collection, '--label', 'ticket=42,team=db', '--label', 'x=a=b', '--', 'true'];
    expect((await runPcc(argv)).code).toBe(0);
    expect((await read()).header?.labels).toEqual({ command: 'true', ticket: '42', team: 'db', x: 'a=b' });
  });

  test.each([
    ['no command', [], /missing required argument 'command'/],
    ['no command behind --', ['--'], /missing required argument 'command'/],
    ['a label without a value', ['--label', 'x', 'true'], /--label: "x" is no label; expected one such as ticket=42/],
    ['a label that the command line has', ['--label', 'command=x', 'true'], /choose another name/],
    ['a duration', ['--duration', '1s', 'true'], /unknown option '--duration'/],
    ['an endless interval', ['--frequency', 'infinity', 'true'], /the interval cannot be infinite/],
  ])('with %s is used wrongly', async (_, argv, sentence) => {
    const { code, stderr } = await runPcc(['run', ...argv], { env: { PCC_COLLECTION: collection } });
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  test('lets the command run whose samples nobody takes', async () => {
    const pcd = start('pcd', ['--listen', '127.0.0.1:0'], { PCD_HOME: join(directory, 'home') });
    const [said] = await once(pcd.child.stdout ?? process.stdin, 'data');
    const [, server = ''] = /listening on (\S+),/.exec(String(said)) ?? [];
    const env = { PCC_MODE: 'trickle', PCC_SERVER: server, PCC_APIKEY: 'wrong-wrong-wrong', HOME: directory };
    const { code, stdout, stderr } = await startRun(['--', 'sh', '-c', 'sleep 1; echo finished; exit 4'], env).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: 'finished\n' });
    expect(stderr).toMatch(/refused: the API key is not valid/);
    // A tick may come between the command's end and pcc's own.
    expect(stderr).toMatch(/pcc: 0 of (\d+) samples sent to .*; \1 wait in /);
  });
});

/** Says which signals reach it, and ends at SIGTERM with 5. */
const LISTENER = `
process.on('SIGINT', () => console.log('INT'));
process.on('SIGTERM', () => { console.log('TERM'); process.exitCode = 5; clearInterval(busy); });
const busy = setInterval(() => {}, 1000);
console.log('ready');
`;

describe('signals while a command runs', () => {
  test('go to the command, each as often as it came, and pcc ends when that does', async () => {
    const { child, ended } = startRun(['--', process.execPath, '-e', LISTENER]);
    const said = async () => String((await once(child.stdout ?? process.stdin, 'data'))[0]);
    expect(await said()).toBe('ready\n');
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) {
      const heard = said();
      child.kill(signal);
      expect(await heard).toBe(`${signal.slice(3)}\n`);
    }
    expect(await ended).toMatchObject({ code: 5 });
    expect((await read()).samples.length).toBeGreaterThanOrEqual(2);
  });

  test('of the terminal reach it once', async () => {
    const [script, said] = [join(directory, 'listener.cjs'), join(directory, 'said')];
    const say = `const say = (word) => require('node:fs').appendFileSync('${said}', word + ' ');`;
    writeFileSync(script, say + LISTENER.replaceAll('console.log(', 'say(').replace("'ready'", 'process.pid'));
    const line = `exec '${bin('pcc')}' run '${process.execPath}' '${script}'`;
    const argv = ['--quiet', '--return', '--command', line, '/dev/null'];
    const env = { PCC_CONTROL: 'none', PCC_COLLECTION: collection, SHELL: '/bin/sh' };
    const { child, ended } = start('/usr/bin/script', argv, env);
    await fileHolds(said, /^\d+ $/);
    child.stdin?.write('\u0003'); // Ctrl-C
    await fileHolds(said, /^\d+ INT $/);
    child.stdin?.write('\u0003');
    await fileHolds(said, /^\d+ INT INT $/);
    process.kill(Number.parseInt(readFileSync(said, 'utf8'), 10), 'SIGTERM');
    expect((await ended).code).toBe(5);
    expect(readFileSync(said, 'utf8')).toMatch(/^\d+ INT INT TERM $/);
  });
});
