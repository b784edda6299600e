import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrickleConnection } from '@perfcollector/api/trickle';
import { noDamage, openFile, readCollection } from '@perfcollector/collection';
import { beforeEach, describe, expect, test } from 'vitest';
import { headerOf } from '../spool/test-lines.ts';
import { backoff } from './backoff.ts';
import { OK, type ReceivedLine, Receiver, startSink } from './test-receiver.ts';
import { verdictOf } from './verdict.ts';

let directory: string;
let receiver: Receiver;
let server: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sender-'));
  receiver = new Receiver();
  server = await receiver.start();
  return async () => {
    await receiver.stop();
    rmSync(directory, { recursive: true, force: true });
  };
});

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function seqsOf(lines: readonly ReceivedLine[] | undefined): number[] {
  return (lines ?? []).flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
}

const hasHeader = (lines: readonly ReceivedLine[]) => lines.some(({ collection }) => collection === 1);

describe('where the server is there', () => {
  test('a sample goes out as it comes, the header first, now and then, and the spool is empty at the end', async () => {
    const { sink, add } = await startSink(server, directory);
    await receiver.until(() => receiver.requests.length === 1);
    expect(receiver.requests[0]).toMatchObject([{ collection: 1, run: 'a' }]);
    for (let seq = 1; seq <= 250; seq += 1) {
      add(seq, seq);
      await receiver.until(() => receiver.kept.at(-1)?.seq === seq);
    }
    expect(await sink.close()).toEqual({ summary: `250 samples sent to ${server}`, isComplete: true });
    expect(receiver.seqs()).toEqual(numbers(1, 250));
    // Three, and one more where the first sample went the other lane: the first answer was still on its way.
    expect(receiver.requests.filter(hasHeader).length).toBeGreaterThanOrEqual(3);
    expect(receiver.requests.filter(hasHeader).length).toBeLessThanOrEqual(4);
    expect(receiver.sockets.size).toBeLessThanOrEqual(2);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('what earlier runs left goes out too, each under its own header', async () => {
    await receiver.stop();
    for (const run of ['a', 'b']) {
      const { sink, add } = await startSink(server, directory, { header: headerOf(run) });
      add(run === 'a' ? 1 : 101, run === 'a' ? 100 : 150);
      expect((await sink.close()).isComplete).toBe(false);
    }
    await receiver.start();
    const { sink, add } = await startSink(server, directory, { header: headerOf('c') });
    expect(sink.state.waitingSamples).toBe(150);
    add(151, 160);
    await receiver.until(() => receiver.seqs().length === 160);
    const headers = receiver.kept.filter(({ collection }) => collection === 1).map(({ run }) => run);
    expect(new Set(headers)).toEqual(new Set(['a', 'b', 'c']));
    expect(await sink.close()).toMatchObject({ summary: `160 samples sent to ${server}`, isComplete: true });
  });
});

describe('where the server is away', () => {
  test('one line at a time goes out, the newest; when it is back, that one first, then the backlog, oldest first', async () => {
    receiver.answer = () => ({ status: 503 });
    const { sink, add, said } = await startSink(server, directory);
    for (let seq = 1; seq <= 30; seq += 1) {
      add(seq, seq, 1000);
      const tries = receiver.requests.length + 2; // one may have been under way
      await receiver.until(() => receiver.requests.length >= tries);
      expect(seqsOf(receiver.requests.at(-1))).toEqual([seq]);
    }
    receiver.answer = () => OK;
    await receiver.until(() => receiver.seqs().length === 30);
    expect(seqsOf(receiver.kept)).toEqual([30, ...numbers(1, 29)]);
    expect(said.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(/^error: .*refused: not now; samples wait in .* and are sent when that is over/),
    ]);
    expect(said.at(-1)).toBe(`info: ${server} takes samples again`);
    await sink.close();
  });

  test('live samples do not wait for the backlog', async () => {
    await receiver.stop();
    const { sink, add } = await startSink(server, directory);
    add(1, 600, 10_000);
    await receiver.start();
    let live = 601;
    receiver.answer = (lines) => {
      if (seqsOf(lines).length > 1) add(live, live++); // while a batch of the backlog is under way
      return OK;
    };
    await receiver.until(() => receiver.seqs().length === live - 1 && live > 605);
    const order = seqsOf(receiver.kept);
    expect(order.indexOf(602)).toBeLessThan(order.indexOf(599));
    expect(receiver.seqs()).toEqual(numbers(1, live - 1));
    for (const lines of receiver.requests) expect(JSON.stringify(lines).length).toBeLessThan(1_000_000);
    await sink.close();
  });

  test.each([
    [0.05, [250, 250, 250, 250, 250, 250, 250]],
    [1, [1000, 1000, 1000, 1000, 1000, 1000, 1000]],
    [10, [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]],
    [86_400, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]],
  ])('at an interval of %s s, pauses grow with full jitter up to it, a minute at most', async (interval, pauses) => {
    receiver.answer = () => ({ status: 500 });
    const { clock, add } = await startSink(server, directory, { header: { ...headerOf('a'), interval } });
    add(1, 1);
    await receiver.until(() => receiver.requests.length === 8);
    expect(clock.pauses.slice(1, 8)).toEqual(pauses);
    expect([backoff(1, 0), backoff(3, 0.5), backoff(99, 0.25)]).toEqual([0, 2000, 15000]);
    receiver.answer = () => OK;
  });

  test('a server that takes what is new but not the backlog has the new at once, and pauses from the backlog', async () => {
    let refused = 0;
    receiver.answer = (lines) => {
      if (seqsOf(lines).every((seq) => seq > 600)) return OK;
      refused += 1;
      return refused > 6 ? OK : { status: 503 };
    };
    const { sink, add, clock } = await startSink(server, directory);
    add(1, 600, 10_000);
    for (let seq = 601; refused <= 6; seq += 1) {
      add(seq, seq);
      await receiver.until(() => receiver.kept.some((line) => line.seq === seq) || refused > 6);
    }
    await receiver.until(() => receiver.seqs().length >= 600);
    const longest = Math.max(...clock.pauses);
    expect(longest).toBeGreaterThan(4000);
    expect(longest).toBeLessThanOrEqual(60_000);
    expect(await sink.close()).toMatchObject({ isComplete: true });
  });

  test('the end of the run does not cut short what the server asked for', async () => {
    receiver.answer = () => ({ status: 503, headers: { 'retry-after': '120' } });
    const { sink, add } = await startSink(server, directory, { sender: { random: () => 1 } });
    add(1, 3);
    await receiver.until(() => receiver.requests.length === 1);
    await expect.poll(() => sink.state.problem).toBeDefined();
    expect((await sink.close()).isComplete).toBe(false);
    expect(receiver.requests).toHaveLength(1);
  });

  test.each([429, 503])('%s: Retry-After is honoured, in seconds and as a date, up to an hour', async (status) => {
    const date = new Date(Date.now() + 1_000_000).toUTCString();
    const asked = ['120', date, '86400'];
    receiver.answer = () => {
      const after = asked.shift();
      return after === undefined ? OK : { status, headers: { 'retry-after': after } };
    };
    const { sink, clock } = await startSink(server, directory);
    await receiver.until(() => receiver.requests.length === 4);
    const [, first = 0, second = 0, third = 0] = clock.pauses;
    expect(first).toBe(121_000);
    expect(second).toBeGreaterThan(900_000);
    expect(second).toBeLessThan(1_003_000);
    expect(third).toBe(3_601_000);
    await sink.close();
  });

  test('the end of the run says what waits where, and the next run sends it', async () => {
    await receiver.stop();
    const first = await startSink(server, directory);
    first.add(1, 7);
    const summary = `0 of 7 samples sent to ${server}; 7 wait in ${directory} and are sent when pcc runs again`;
    expect(await first.sink.close()).toEqual({ summary, isComplete: false });
    await receiver.start();
    const second = await startSink(server, directory, { header: headerOf('b') });
    second.add(8, 9);
    expect(await second.sink.close()).toMatchObject({ isComplete: true });
    expect(receiver.seqs()).toEqual(numbers(1, 9));
  });

  test('its state tells what waits and why', async () => {
    await receiver.stop();
    const { sink, add } = await startSink(server, directory);
    add(1, 5);
    await expect.poll(() => sink.state.problem).toMatch(/cannot reach .*ECONNREFUSED/);
    expect(sink.state).toMatchObject({ waitingSamples: 5, droppedSamples: 0, sentSamples: 0 });
    expect(sink.state.waitingBytes).toBeGreaterThan(300);
    await receiver.start();
    await receiver.until(() => receiver.seqs().length === 5);
    await expect
      .poll(() => sink.state)
      .toEqual({
        waitingSamples: 0,
        waitingBytes: 0,
        droppedSamples: 0,
        sentSamples: 5,
        problem: undefined,
      });
    await sink.close();
  });

  test('what had to go is told to the server as an event', async () => {
    receiver.answer = () => ({ status: 503 });
    const { sink, add } = await startSink(server, directory, { maxBytes: 64 * 1024 });
    add(1, 200, 1000);
    const { droppedSamples } = sink.state;
    expect(droppedSamples).toBeGreaterThan(100);
    receiver.answer = () => OK;
    await receiver.until(() => receiver.kept.some(({ event }) => event !== undefined));
    const event = `pcc dropped ${droppedSamples} samples, the oldest first: the spool is full`;
    expect(receiver.kept).toContainEqual({ timestamp: expect.any(Number), run: 'a', event });
    expect(await sink.close()).toMatchObject({
      isComplete: false,
      summary: expect.stringContaining(`${droppedSamples} were dropped, for the spool was full`),
    });
  });
});

test.each([
  ['breaks off in the middle', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{'],
  ['is no HTTP', 'hello\r\n\r\n'],
  ['tells of an error with status 200', 'HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n{"error":"disk full"}'],
])('keeps every sample where the answer %s', async (_, answer) => {
  const other = createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer));
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { sink, add } = await startSink(`http://127.0.0.1:${(other.address() as AddressInfo).port}`, directory);
  add(1, 5);
  await expect.poll(() => sink.state.problem).toBeDefined();
  expect(await sink.close()).toMatchObject({ isComplete: false, summary: expect.stringContaining('5 wait in') });
  other.close();
});

describe('what takes a person', () => {
  test.each([
    [401, { error: 'the API key is not valid', code: 'BAD_KEY' }],
    [403, { error: 'that key may not', code: 'MISSING_SCOPE' }],
    [404, '<html>'],
    [302, ''],
    [200, '<html>'],
  ])('%s: everything is kept, said once, tried each 5 minutes, and goes on when it is mended', async (status, body) => {
    receiver.answer = () => ({ status, body, keeps: () => false });
    const { sink, add, said, clock } = await startSink(server, directory);
    for (let seq = 1; seq <= 20; seq += 1) {
      add(seq, seq);
      const tries = receiver.requests.length + 1;
      await receiver.until(() => receiver.requests.length >= tries);
    }
    expect(sink.failed.aborted).toBe(false);
    expect(said.filter((line) => line.startsWith('error'))).toHaveLength(1);
    expect(said.join()).not.toContain('a-key-of-tests');
    expect(new Set(clock.pauses.slice(1))).toEqual(new Set([300_000]));
    receiver.answer = () => OK;
    expect(await sink.close()).toMatchObject({ isComplete: true });
    expect(receiver.seqs()).toEqual(numbers(1, 20));
  });

  test('the end of the run does not wait for it', async () => {
    receiver.answer = () => ({ status: 401 });
    const { sink, add } = await startSink(server, directory);
    add(1, 3);
    expect((await sink.close()).isComplete).toBe(false);
    expect(sink.state.waitingSamples).toBe(3);
  });
});

describe('lines that are refused', () => {
  /** What was set aside, as every reader of collections sees it. */
  async function setAside() {
    const [seqs, headers, damage]: [unknown[], number[], ReturnType<typeof noDamage>] = [[], [], noDamage()];
    for await (const entry of readCollection(openFile(join(directory, 'refused.json')), damage)) {
      if (entry.kind === 'sample') seqs.push(entry.value.seq);
      if (entry.kind === 'header') headers.push(seqs.length);
    }
    expect(damage).toEqual(noDamage());
    return { seqs, headers };
  }

  test('400: the bad ones are found and set aside, the others go on', async () => {
    await receiver.stop();
    const { sink, add, said } = await startSink(server, directory);
    add(1, 300, 100);
    const isBad = ({ seq }: ReceivedLine) => seq !== undefined && [1, 77, 78, 200, 300].includes(seq);
    receiver.answer = (lines) =>
      lines.some(isBad)
        ? { status: 400, body: { error: 'no', code: 'BAD_MEASUREMENT' }, keeps: (line) => !isBad(line) }
        : OK;
    await receiver.start();
    await receiver.until(() => receiver.seqs().length === 295);
    await expect.poll(() => sink.state.waitingSamples).toBe(0);
    const outcome = await sink.close();
    expect(outcome.isComplete).toBe(false);
    expect(outcome.summary).toBe(
      `295 of 300 samples sent to ${server}; 5 were refused and are in ${join(directory, 'refused.json')}`,
    );
    const { seqs, headers } = await setAside();
    expect(seqs.sort()).toEqual([1, 200, 300, 77, 78]);
    expect(headers).toEqual([0]);
    expect(said.filter((line) => /^error.*a line that is refused is set aside in/.test(line))).toHaveLength(1);
    expect(receiver.requests.length).toBeLessThan(90);
  });

  test('400 because of the header alone: every sample goes on', async () => {
    receiver.answer = (lines) =>
      hasHeader(lines) ? { status: 400, body: { error: 'no', code: 'BAD_MEASUREMENT' } } : OK;
    const { sink, add } = await startSink(server, directory);
    add(1, 50);
    await receiver.until(() => receiver.seqs().length === 50);
    expect(await sink.close()).toMatchObject({ isComplete: true });
  });

  test('413: batches are made smaller until they fit, and a single line that does not is set aside', async () => {
    await receiver.stop();
    const { sink, add } = await startSink(server, directory);
    add(1, 100, 2000);
    add(101, 101, 30_000);
    add(102, 200, 2000);
    receiver.answer = (_, bytes) => (bytes > 20_000 ? { status: 413, body: '<html>' } : OK);
    await receiver.start();
    await receiver.until(() => receiver.seqs().length === 199);
    expect(await sink.close()).toMatchObject({ isComplete: false, summary: expect.stringContaining('1 were refused') });
    expect((await setAside()).seqs).toEqual([101]);
    expect(receiver.requests.length).toBeLessThan(80);
  });

  test('a network too slow for a batch gets smaller ones, until they come through', async () => {
    await receiver.stop();
    const connect = () => new TrickleConnection({ server, answerTimeoutMs: 200 });
    const { sink, add } = await startSink(server, directory, { connect });
    add(1, 100, 2000);
    receiver.answer = (_, bytes) => (bytes > 50_000 ? 'never' : OK);
    await receiver.start();
    await receiver.until(() => receiver.seqs().length === 100);
    expect(await sink.close()).toMatchObject({ isComplete: true });
  });

  test('where they cannot be set aside, they stay in the spool for the next run', async () => {
    mkdirSync(join(directory, 'refused.json')); // a directory takes no lines
    const isBad = ({ seq }: ReceivedLine) => seq === 2;
    receiver.answer = (lines) =>
      lines.some(isBad) ? { status: 400, body: { error: 'no', code: 'BAD_MEASUREMENT' }, keeps: (l) => !isBad(l) } : OK;
    const first = await startSink(server, directory);
    first.add(1, 3);
    await receiver.until(() => receiver.seqs().length === 2);
    expect(await first.sink.close()).toMatchObject({
      isComplete: false,
      summary: expect.stringContaining('1 wait in'),
    });
    receiver.answer = () => OK;
    const second = await startSink(server, directory, { header: headerOf('b') });
    expect(await second.sink.close()).toMatchObject({ isComplete: true });
    expect(receiver.seqs()).toEqual([1, 2, 3]);
  });

  test('a clock that is wrong is said once, not with every sample', async () => {
    receiver.answer = (lines) =>
      seqsOf(lines).length > 0 ? { status: 400, body: { error: 'your clock', code: 'BAD_TIMESTAMP' } } : OK;
    const { sink, add, said } = await startSink(server, directory);
    for (let seq = 1; seq <= 10; seq += 1) {
      add(seq, seq);
      await expect.poll(() => sink.state.waitingSamples).toBe(0);
    }
    expect(said.filter((line) => line.startsWith('error'))).toHaveLength(1);
    expect((await setAside()).seqs).toEqual(numbers(1, 10));
    expect(readFileSync(join(directory, 'refused.json'), 'utf8').match(/"collection"/g)).toHaveLength(1);
    await sink.close();
  });
});

test.each([
  [0, 'UNREACHABLE', 'later'],
  [0, 'TLS', 'later'],
  [0, 'TIMEOUT', 'later'],
  [502, 'NOT_PCD', 'later'],
  [507, 'DISK_FULL', 'later'],
  [429, 'NOT_PCD', 'later'],
  [400, 'BAD_JSON', 'apart'],
  [400, 'NOT_PCD', 'person'],
  [400, 'BAD_ENCODING', 'person'],
  [413, 'NOT_PCD', 'smaller'],
  [415, 'BAD_TYPE', 'person'],
])('a refusal with %s %s: %s', (status, code, verdict) => {
  expect(verdictOf({ status, code })).toBe(verdict);
});
