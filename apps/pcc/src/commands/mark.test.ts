import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type EventMark, noDamage, openFile, readCollection } from '@perfcollector/collection';
import type { Running } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { controlListens, fileHolds, start } from '../test-process.ts';
import { runPcc } from '../test-run.ts';

let directory: string;
let control: string;
let collection: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-mark-'));
  control = join(directory, 'own', 'control.sock');
  collection = join(directory, 'c.json');
  mkdirSync(join(directory, 'own'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function agent(env: Record<string, string> = {}): Promise<Running> {
  const running = start('pcc', ['--frequency', '50ms', '--identifier', 'web01'], {
    PCC_CONTROL: control,
    PCC_COLLECTION: collection,
    ...env,
  });
  await fileHolds(collection, /"fields"/);
  return running;
}

async function stop({ child, ended }: Running) {
  child.kill('SIGTERM');
  return ended;
}

async function eventsIn(path: string): Promise<EventMark[]> {
  const events: EventMark[] = [];
  for await (const entry of readCollection(openFile(path), noDamage()))
    if (entry.kind === 'event') events.push(entry.value);
  return events;
}

describe('pcc mark', () => {
  test('puts an event into the collection of the pcc that runs, and tells which that is', async () => {
    const running = await agent();
    const { code, stdout } = await runPcc(['mark', 'deploy 42: ünïcode ☃ "quoted"', '--control', control, '--json']);
    const marked = JSON.parse(stdout);
    const plain = await runPcc(['mark', 'rolled back'], { env: { PCC_CONTROL: control } });
    expect(await stop(running)).toMatchObject({ code: 0 });
    expect(code).toBe(0);
    expect(marked).toEqual({
      run: expect.any(String),
      identifier: 'web01',
      timestamp: expect.any(Number),
      collection,
    });
    expect(plain.stdout).toMatch(
      new RegExp(`^marked in run ${marked.run} of web01 at \\d{4}-\\S+Z, in ${collection}\n$`),
    );
    expect(await eventsIn(collection)).toMatchObject([
      { run: marked.run, timestamp: marked.timestamp, event: 'deploy 42: ünïcode ☃ "quoted"' },
      { run: marked.run, event: 'rolled back' },
    ]);
  });

  test('is for the owner of the agent alone, and the socket goes with the agent', async () => {
    control = join(directory, 'new', 'deep', 'control.sock');
    const running = await agent();
    const modes = [control, join(directory, 'new', 'deep')].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o600, 0o700]);
    await stop(running);
    expect(statSync(control, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('where no pcc runs says so', async () => {
    const { code, stderr } = await runPcc(['mark', 'nobody hears', '--control', control]);
    expect(code).toBe(1);
    expect(stderr).toMatch(`pcc: no pcc is running with the control socket ${control}\n  Start pcc first`);
  });

  test('takes no empty, long or torn text', async () => {
    const markOf = async (words: string) => (await runPcc(['mark', '--control', control, '--', words])).stderr;
    expect(await markOf('  ')).toMatch(/the text of a mark is empty/);
    expect(await markOf('a'.repeat(4097))).toMatch(/is 4097 bytes long; expected at most 4096/);
    expect(await markOf('one\ntwo')).toMatch(/holds the control character U\+000A/);
    expect(await markOf('\u001b[2J')).toMatch(/holds the control character U\+001B/);
    expect((await runPcc(['mark'])).code).toBe(2);
  });

  test('to none is used wrongly', async () => {
    const { code, stderr } = await runPcc(['mark', 'x'], { env: { PCC_CONTROL: 'none' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/without a control socket no pcc is reached/);
  });
});

describe('the control socket', () => {
  test('of an agent that was killed is taken over', async () => {
    const killed = await agent();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(statSync(control).isSocket()).toBe(true);
    rmSync(collection);
    const running = await agent();
    expect((await runPcc(['mark', 'here', '--control', control])).code).toBe(0);
    expect((await stop(running)).stderr).not.toContain('does not reach');
    expect(await eventsIn(collection)).toMatchObject([{ event: 'here' }]);
  });

  test('of an agent that lives stays its own: a second one says so and samples all the same', async () => {
    const first = await agent();
    const other = join(directory, 'other.json');
    const argv = ['--control', control, '--collection', other, '--frequency', '20ms', '--duration', '20ms'];
    const second = await runPcc(argv);
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/another pcc listens on .*, and marks go to that one\. .* --control or PCC_CONTROL/);
    expect((await runPcc(['mark', 'still the first', '--control', control])).code).toBe(0);
    await stop(first);
    expect(await eventsIn(collection)).toHaveLength(1);
    expect(await eventsIn(other)).toHaveLength(0);
  });

  test.each([
    ['whose path is too long', () => join(directory, 'a'.repeat(120)), /cannot be a socket: it is \d+ bytes long/],
    ['in a place that is none', () => '/dev/null/control.sock', /cannot listen on \/dev\/null\/control\.sock/],
    ['whose path is a file', () => join(directory, 'own', 'file'), /is something else than a socket/],
  ])('%s costs the marks and no sample', async (_, pathOf, sentence) => {
    const path = pathOf();
    writeFileSync(join(directory, 'own', 'file'), 'precious');
    const argv = ['--control', path, '--collection', collection, '--frequency', '20ms', '--duration', '20ms'];
    const { code, stderr } = await runPcc(argv);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warn: pcc mark does not reach this run: /);
    expect(stderr).toMatch(sentence);
    expect(readFileSync(join(directory, 'own', 'file'), 'utf8')).toBe('precious');
  });

  test('answers what is no mark with a sentence, and takes no line that does not end', async () => {
    const running = await agent();
    const ask = async (request: string): Promise<string> => {
      const socket = connect(control);
      socket.on('error', () => {}); // it is closed before everything was sent
      socket.write(request);
      return text(socket);
    };
    for (const request of ['', 'nonsense', '[]', 'null', '{"mark":7}', '{"event":"x"}'])
      expect(JSON.parse(await ask(`${request}\n`))).toEqual({
        error: expect.stringMatching(/expected one line of JSON/),
      });
    expect(JSON.parse(await ask('{"mark":"a\\u0000b"}\n'))).toEqual({ error: expect.stringMatching(/U\+0000/) });
    expect(await ask('x'.repeat(1024 * 1024)).catch(() => '')).toBe('');
    const idle = connect(control);
    await once(idle, 'connect'); // an idle visitor keeps no agent from ending
    await stop(running);
    expect(await eventsIn(collection)).toEqual([]);
  });
});

test('marks of an agent that trickles are kept by pcd and come back', async () => {
  const home = join(directory, 'home');
  const pcd = start('pcd', ['--listen', '127.0.0.1:0'], { PCD_HOME: home });
  const [, server = ''] =
    /listening on (\S+),/.exec(String((await once(pcd.child.stdout ?? process.stdin, 'data'))[0])) ?? [];
  const key = readFileSync(join(home, 'admin.key'), 'utf8').trim();
  const env = { PCC_MODE: 'trickle', PCC_SERVER: server, PCC_APIKEY: key, PCC_CONTROL: control, HOME: directory };
  const argv = ['--frequency', '50ms', '--identifier', 'web01', '--collection', collection];
  const running = start('pcc', argv, env);
  await controlListens(control);
  const { stdout } = await runPcc(['mark', 'deploy 42', '--control', control, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ identifier: 'web01', server });
  await stop(running);
  const { stdout: exported } = await start('pcctl', ['export', 'web01'], {
    PCCTL_SERVER: server,
    PCCTL_APIKEY: key,
  }).ended;
  const { run, timestamp } = JSON.parse(stdout);
  expect(exported).toContain(`${JSON.stringify({ timestamp, run, event: 'deploy 42' })}\n`);
});
