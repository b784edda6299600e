import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noDamage, openFile, readCollection } from '@perfcollector/collection';
import { canMount, smallDisk } from '@perfcollector/testing';
import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Bell } from '../sender/bell.ts';
import type { Batch } from './batch.ts';
import { Spool, type SpoolSetup } from './spool.ts';
import { captureLog, headerOf, sampleLine, seqsOf } from './test-lines.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  return () => rmSync(directory, { recursive: true, force: true });
});

const buffer = Buffer.alloc(64 * 1024);
const MUCH = 1024 * 1024;

function open(run: string, setup: Partial<SpoolSetup> = {}): Promise<Spool> {
  const { log } = captureLog();
  return Spool.open({ directory, maxBytes: 64 * MUCH, fsync: 'never', header: headerOf(run), log, ...setup });
}

/** What a kill -9 leaves: every byte that was written, and a lock of nobody. */
function kill(at = directory): void {
  for (const name of readdirSync(at)) if (name.startsWith('lock-')) rmSync(join(at, name));
}

function add(spool: Spool, run: string, from: number, to: number, filler = 0): void {
  for (let seq = from; seq <= to; seq += 1) spool.add(sampleLine(run, seq, filler), 'sample');
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function segments(at = directory): string[] {
  return readdirSync(at).filter((name) => /^\d{12}\.json$/.test(name));
}

/** Takes everything, the oldest first, as one who is sure of the server. */
async function drain(spool: Spool): Promise<{ seqs: number[]; runs: (string | undefined)[] }> {
  const [seqs, runs]: [number[], (string | undefined)[]] = [[], []];
  for (let batch = await spool.takeOldest(buffer, 4096); batch; batch = await spool.takeOldest(buffer, 4096)) {
    seqs.push(...seqsOf(batch));
    runs.push(batch.run.header?.run);
    batch.acknowledge();
  }
  return { seqs, runs: [...new Set(runs)] };
}

describe('a spool', () => {
  test('holds collections that every reader takes, header first', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 300, 500);
    expect(segments().length).toBeGreaterThan(0);
    const seqs: (number | undefined)[] = [];
    for (const name of segments()) {
      const damage = noDamage();
      const kinds: string[] = [];
      for await (const entry of readCollection(openFile(join(directory, name)), damage)) {
        kinds.push(entry.kind);
        if (entry.kind === 'sample') seqs.push(entry.value.seq);
      }
      expect([kinds[0], kinds.lastIndexOf('header'), damage]).toEqual(['header', 0, noDamage()]);
    }
    expect(seqs).toEqual(numbers(1, 300));
    await spool.close();
  });

  test('gives lines the oldest first, and lets go of what is acknowledged', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 100, 100);
    expect([spool.waitingSamples, spool.sentSamples]).toEqual([100, 0]);
    expect((await drain(spool)).seqs).toEqual(numbers(1, 100));
    expect([spool.waitingSamples, spool.waitingBytes, spool.sentSamples]).toEqual([0, 0, 100]);
    await spool.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('removes segments that are done while it is open', async () => {
    const spool = await open('a', { maxBytes: MUCH });
    for (let seq = 1; seq <= 500; seq += 1) {
      add(spool, 'a', seq, seq, 3000);
      (await spool.takeOldest(buffer, 1))?.acknowledge();
      expect(segments().length).toBeLessThanOrEqual(1);
    }
    expect(spool.waitingSamples).toBe(0);
    await spool.close();
  });

  test('gives what was released again, and nothing that is on its way', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 10);
    const first = await spool.takeOldest(buffer, 1);
    const second = await spool.takeOldest(Buffer.alloc(1024), 1);
    expect([seqsOf(first), seqsOf(second)]).toEqual([[1], [2]]);
    first?.release();
    second?.acknowledge();
    expect((await drain(spool)).seqs).toEqual([1, ...numbers(3, 10)]);
    await spool.close();
  });

  test('a batch in halves is the same lines', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 5);
    const [first, second] = (await spool.takeOldest(buffer, MUCH))?.halve() ?? [];
    expect([seqsOf(first), seqsOf(second)]).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    first?.release();
    second?.acknowledge();
    expect(spool.waitingSamples).toBe(2);
    expect((await drain(spool)).seqs).toEqual([1, 2]);
    await spool.close();
  });

  test('a line longer than any limit is given alone', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 1);
    add(spool, 'a', 2, 2, 200_000);
    add(spool, 'a', 3, 3);
    const taken: number[][] = [];
    for (let batch = await spool.takeOldest(buffer, 100); batch; batch = await spool.takeOldest(buffer, 100))
      taken.push(seqsOf(batch));
    expect(taken).toEqual([[1], [2], [3]]);
    await spool.close();
  });

  test('while it is live, new lines are for the live lane, and the backlog does not touch them', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 3);
    spool.setLive(true);
    add(spool, 'a', 4, 6);
    expect(seqsOf(await spool.takeOldest(buffer, MUCH))).toEqual([1, 2, 3]);
    expect(await spool.takeOldest(buffer, MUCH)).toBeUndefined();
    expect(seqsOf(await spool.takeFresh(buffer))).toEqual([4, 5, 6]);
    add(spool, 'a', 7, 8);
    spool.setLive(false);
    expect(await spool.takeFresh(buffer)).toBeUndefined();
    expect(seqsOf(await spool.takeNewest(buffer))).toEqual([8]);
    expect(await spool.takeNewest(buffer)).toBeUndefined();
    expect(seqsOf(await spool.takeOldest(buffer, MUCH))).toEqual([7]);
    await spool.close();
  });

  test('a live lane that does not keep up leaves the older lines to the backlog', async () => {
    const spool = await open('a');
    spool.setLive(true);
    add(spool, 'a', 1, 40, 20_000);
    const backlog = (await drain(spool)).seqs;
    const fresh: number[] = [];
    for (let batch = await spool.takeFresh(buffer); batch; batch = await spool.takeFresh(buffer))
      fresh.push(...seqsOf(batch));
    expect([...backlog, ...fresh]).toEqual(numbers(1, 40));
    expect(fresh.length).toBeGreaterThan(5);
    expect(backlog.length).toBeGreaterThan(20);
    await spool.close();
  });

  test.each(['always', 'interval', 'never'] as const)('--fsync %s: everything is given in the end', async (fsync) => {
    const spool = await open('a', { fsync });
    const bell = new Bell();
    spool.onChange = () => bell.ring();
    spool.setLive(true);
    add(spool, 'a', 1, 3);
    if (fsync === 'always') expect(await spool.takeFresh(buffer)).toBeUndefined(); // not on the disk yet
    const seqs: number[] = [];
    while (seqs.length < 3) {
      const { next } = bell;
      const batch = await spool.takeFresh(buffer);
      if (batch) seqs.push(...seqsOf(batch));
      else await next;
    }
    expect(seqs).toEqual([1, 2, 3]);
    await spool.close();
  });
});

describe('what a killed run left', () => {
  test('is sent by the next one, under its own header, before its own lines', async () => {
    add(await open('a', { header: headerOf('a', 'old-name') }), 'a', 1, 20);
    kill();
    add(await open('b'), 'b', 21, 25);
    kill();
    const spool = await open('c');
    add(spool, 'c', 26, 30);
    expect(spool.waitingSamples).toBe(30);
    const first = await spool.takeOldest(buffer, 1);
    expect(first?.run).toMatchObject({ identifier: 'old-name', header: { run: 'a' } });
    first?.release();
    expect(await drain(spool)).toEqual({ seqs: numbers(1, 30), runs: ['a', 'b', 'c'] });
    await spool.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('without what the server has already, as far as that was remembered', async () => {
    const spool = await open('a');
    add(spool, 'a', 1, 20);
    (await spool.takeOldest(buffer, 500))?.acknowledge();
    await spool.close();
    const again = await open('b');
    const { seqs } = await drain(again);
    expect(seqs.length).toBeLessThan(20);
    expect(seqs).toEqual(numbers(21 - seqs.length, 20));
    expect(again.sentSamples).toBe(seqs.length);
    await again.close();
  });

  test.each([
    ['absent', (path: string) => rmSync(path)],
    ['torn', (path: string) => truncateSync(path, 20)],
    ['zeros', (path: string) => writeFileSync(path, Buffer.alloc(100))],
    ['something else', (path: string) => writeFileSync(path, '[1,2]')],
    ['of places that are no ends of lines', (path: string) => writeFileSync(path, '{"acknowledged":{"1":[[1,500]]}}')],
    ['of places behind the end', (path: string) => writeFileSync(path, '{"acknowledged":{"1":[[200,99999]]}}')],
    ['of segments that are none', (path: string) => writeFileSync(path, '{"acknowledged":{"x":[[1,5]]},"untold":"y"}')],
    ['of ranges that are none', (path: string) => writeFileSync(path, '{"acknowledged":{"1":[["a"],[9,3]]}}')],
  ])('a state file that is %s: everything is sent again', async (_, damage) => {
    const spool = await open('a');
    add(spool, 'a', 1, 20);
    (await spool.takeOldest(buffer, 500))?.acknowledge();
    await spool.close();
    damage(join(directory, 'state.json'));
    const again = await open('b');
    expect((await drain(again)).seqs).toEqual(numbers(1, 20));
    await again.close();
  });

  test.each([
    ['a torn last line', '{"timestamp":17679', 1],
    ['a torn last line and a line behind it', '{"timestamp":17679\n{"timestamp":1,"fields":{}}\n', 1],
    ['zeros', Buffer.alloc(5000).toString('latin1'), 1],
    ['zeros with line feeds', '\0\0\n\0\n', 2],
    ['blank lines', '\n\n', 2],
  ])('%s: skipped, counted and said; the rest is sent', async (_, tail, torn) => {
    add(await open('a'), 'a', 1, 20);
    kill();
    const [name = ''] = segments();
    appendFileSync(join(directory, name), tail);
    const { log, said } = captureLog();
    const again = await open('b', { log });
    expect(said).toContain(`warn: ${torn} torn lines of an earlier run are left out of ${join(directory, name)}`);
    expect((await drain(again)).seqs.slice(0, 20)).toEqual(numbers(1, 20));
    expect(again.waitingSamples).toBe(0);
    await again.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('where it is much, sampling does not wait until it is looked through, and nothing of it is forgotten', async () => {
    const large = { maxBytes: 1024 * MUCH };
    const first = await open('a', large);
    add(first, 'a', 1, 600, 20_000);
    const early = await first.takeOldest(buffer, 50_000);
    const known = seqsOf(early);
    early?.acknowledge();
    await first.close();
    const second = await open('b', large);
    expect(second.waitingSamples).toBeLessThan(600 - known.length); // the rest is looked through later
    expect(second.waitingBytes).toBeGreaterThan((600 - known.length) * 20_000);
    add(second, 'b', 601, 610);
    await second.close();
    kill();
    const third = await open('c', large);
    const bell = new Bell();
    third.onChange = () => bell.ring();
    for (let { next } = bell; third.waitingSamples < 610 - known.length; { next } = bell) await next;
    const { seqs, runs } = await drain(third);
    expect({ seqs, runs }).toEqual({ seqs: numbers(known.length + 1, 610), runs: ['a', 'b'] });
    await third.close();
    expect(segments()).toEqual([]);
  });

  test('cut off at any byte: every whole line is sent', async () => {
    add(await open('a'), 'a', 1, 3);
    kill();
    const path = join(directory, segments()[0] ?? '');
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      const spool = await open('b');
      const lines = whole.subarray(0, length).toString().split('\n').length - 2;
      expect((await drain(spool)).seqs).toEqual(numbers(1, Math.max(0, lines)));
      await spool.close();
    }
  });

  test('without a header that can be read: sent as of this machine', async () => {
    add(await open('a'), 'a', 1, 3);
    kill();
    const path = join(directory, segments()[0] ?? '');
    writeFileSync(path, `\0${readFileSync(path, 'utf8').slice(1)}`);
    const spool = await open('b');
    const batch = await spool.takeOldest(buffer, MUCH);
    expect(batch?.run).toMatchObject({ identifier: 'web01', header: undefined, line: undefined });
    expect(seqsOf(batch)).toEqual([1, 2, 3]);
    await spool.close();
  });
});

describe('the bound of a spool', () => {
  const maxBytes = 256 * 1024;

  test('the oldest samples go, they are counted, and the server is told', async () => {
    const { log, said } = captureLog();
    const spool = await open('a', { maxBytes, log });
    add(spool, 'a', 1, 300, 3000);
    const kept = 300 - spool.droppedSamples;
    expect(spool.droppedSamples).toBeGreaterThan(200);
    expect(kept).toBeGreaterThan(40);
    expect(said.filter((line) => line.includes('is full: the oldest samples are dropped'))).toHaveLength(1);
    expect((await drain(spool)).seqs).toEqual(numbers(301 - kept, 300));
    spool.tellDropped();
    const told = await spool.takeOldest(buffer, MUCH);
    expect(JSON.parse(String(told?.lines[0]))).toEqual({
      timestamp: expect.any(Number),
      run: 'a',
      event: `pcc dropped ${300 - kept} samples, the oldest first: the spool is full`,
    });
    expect(told?.samples).toBe(0);
    told?.acknowledge();
    spool.tellDropped(); // once is enough
    expect(spool.waitingBytes).toBe(0);
    await spool.close();
  });

  test('holds for the bytes on the disk', async () => {
    const spool = await open('a', { maxBytes });
    for (let seq = 1; seq <= 300; seq += 1) {
      add(spool, 'a', seq, seq, 3000);
      const bytes = segments().reduce((sum, name) => sum + readFileSync(join(directory, name)).length, 0);
      expect(bytes).toBeLessThanOrEqual(maxBytes);
    }
    await spool.close();
  });

  test('what is on its way when it is dropped counts as sent if it arrives, as dropped if it does not', async () => {
    for (const [settle, sent] of [['acknowledge', 3] as const, ['release', 0] as const]) {
      const spool = await open('a', { maxBytes });
      add(spool, 'a', 1, 3, 3000);
      const batch = await spool.takeOldest(buffer, MUCH);
      add(spool, 'a', 4, 200, 3000);
      const rest = (await drain(spool)).seqs.length;
      batch?.[settle]();
      expect([spool.sentSamples, spool.droppedSamples]).toEqual([rest + sent, 200 - rest - sent]);
      await spool.close();
    }
  });

  test('what was dropped and not told is told by the next run', async () => {
    add(await open('a', { maxBytes }), 'a', 1, 300, 3000);
    kill();
    const spool = await open('b', { maxBytes });
    await drain(spool);
    spool.tellDropped();
    const told = await spool.takeOldest(buffer, MUCH);
    expect(String(told?.lines[0])).toMatch(/pcc dropped 2\d\d samples/);
    await spool.close();
  });
});

describe.skipIf(!canMount)('a full disk', () => {
  /** A disk without room, and how to make room on it. */
  function fullDisk(): { at: string; makeRoom(): void } {
    const at = smallDisk('size=256k');
    const ballast = join(at, 'ballast');
    writeFileSync(ballast, '');
    expect(() => {
      for (;;) appendFileSync(ballast, Buffer.alloc(4096));
    }).toThrow(/ENOSPC/);
    return { at, makeRoom: () => rmSync(ballast) };
  }

  test('lines wait in memory, are sent from there, and are written when there is room', async () => {
    const { at, makeRoom } = fullDisk();
    const { log, said } = captureLog();
    const spool = await open('a', { directory: at, log });
    add(spool, 'a', 1, 10);
    expect(spool.problem).toMatch(/cannot write the spool .*: the disk is full/);
    expect(said.filter((line) => line.includes('samples wait in memory'))).toHaveLength(1);
    expect([spool.waitingSamples, spool.heldSamples]).toEqual([10, 10]);
    const newest = await spool.takeNewest(buffer);
    expect(seqsOf(newest)).toEqual([10]);
    const oldest = await spool.takeOldest(buffer, 1);
    expect(seqsOf(oldest)).toEqual([1]);
    oldest?.acknowledge();
    makeRoom();
    add(spool, 'a', 11, 11);
    expect([spool.problem, spool.heldSamples, spool.sentSamples]).toEqual([undefined, 1, 1]); // 10 is on its way still
    expect((await drain(spool)).seqs).toEqual([...numbers(2, 9), 11]);
    newest?.release();
    expect(await spool.close()).toBe(0);
    kill(at);
    const again = await open('b', { directory: at });
    expect((await drain(again)).seqs).toEqual([10]);
    await again.close();
  });

  test('a disk that fills up in the middle of a line keeps whole lines alone', async () => {
    const at = smallDisk('size=64k');
    const spool = await open('a', { directory: at });
    add(spool, 'a', 1, 50, 3000);
    expect(spool.heldSamples).toBeGreaterThan(20);
    for (const name of segments(at)) expect(readFileSync(join(at, name)).at(-1)).toBe(0x0a);
    expect((await drain(spool)).seqs).toEqual(numbers(1, 50));
    await spool.close();
  });

  test('what memory cannot hold either is dropped, the oldest first, and counted', async () => {
    const { at } = fullDisk();
    const spool = await open('a', { directory: at, mostHeld: 10_000 });
    add(spool, 'a', 1, 30, 1000);
    const kept = (await drain(spool)).seqs;
    expect(kept).toEqual(numbers(31 - kept.length, 30));
    expect(spool.droppedSamples).toBe(30 - kept.length);
    expect(spool.droppedSamples).toBeGreaterThan(15);
    await spool.close();
  });

  test('what is in memory alone at the end is told as lost', async () => {
    const { at } = fullDisk();
    const spool = await open('a', { directory: at });
    add(spool, 'a', 1, 3);
    expect(await spool.close()).toBe(3);
  });
});

test.skipIf(!canMount)('a disk that becomes read-only ends nothing: what is there and what comes is sent', async () => {
  const disk = smallDisk('size=4m');
  const spool = await open('a', { directory: disk });
  add(spool, 'a', 1, 20, 20_000);
  execFileSync('mount', ['--bind', '-o', 'ro', disk, disk]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
  add(spool, 'a', 21, 100, 20_000);
  expect(spool.problem).toMatch(/read-only/);
  expect((await drain(spool)).seqs).toEqual(numbers(1, 100));
  expect(spool).toMatchObject({ waitingSamples: 0, droppedSamples: 0, sentSamples: 100 });
  expect(await spool.close()).toBe(0);
});

test('a segment that somebody removed is said, and its samples count as dropped', async () => {
  const { log, said } = captureLog();
  const spool = await open('a', { log });
  add(spool, 'a', 1, 3);
  rmSync(join(directory, segments()[0] ?? ''));
  expect(await spool.takeOldest(buffer, MUCH)).toBeUndefined();
  expect(said.join()).toMatch(/error: cannot read .*; 3 samples in it are lost/);
  expect([spool.droppedSamples, spool.waitingSamples]).toEqual([3, 0]);
  add(spool, 'a', 4, 4);
  expect((await drain(spool)).seqs).toEqual([4]);
  await spool.close();
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), filler: fc.nat(3000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('oldest', 'fresh', 'newest'), bytes: fc.nat(9000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('acknowledge', 'release', 'halve'), at: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('live', 'away', 'kill', 'restart') }) },
);

test('whatever happens in whatever order: a sample is sent, or waits, or was counted as dropped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const at = mkdtempSync(join(directory, 'p-'));
      const begin = () => open('a', { directory: at, maxBytes: 64 * 1024 });
      let spool = await begin();
      let batches: Batch[] = [];
      let [seq, dropped] = [0, 0];
      const sent = new Set<number>();
      const again = async () => {
        dropped += spool.droppedSamples;
        kill(at);
        batches = [];
        spool = await begin();
      };
      const settle = (how: string, batch: Batch | undefined) => {
        if (!batch) return;
        if (how === 'halve') return void batches.push(...(batch.lines.length > 1 ? batch.halve() : [batch]));
        if (how === 'acknowledge') for (const number of seqsOf(batch)) sent.add(number);
        batch[how as 'acknowledge' | 'release']();
      };
      for (const next of steps) {
        const own = () => Buffer.alloc(16 * 1024);
        if (next.do === 'add' && 'filler' in next) add(spool, 'a', ++seq, seq, next.filler);
        else if (next.do === 'oldest' && 'bytes' in next)
          batches.push(...list(await spool.takeOldest(own(), next.bytes)));
        else if (next.do === 'fresh') batches.push(...list(await spool.takeFresh(own())));
        else if (next.do === 'newest') batches.push(...list(await spool.takeNewest(own())));
        else if (next.do === 'live' || next.do === 'away') spool.setLive(next.do === 'live');
        else if (next.do === 'kill') await again();
        else if (next.do === 'restart') {
          for (const batch of batches) batch.release();
          await spool.close();
          await again();
        } else if ('at' in next) settle(next.do, batches.splice(next.at, 1)[0]);
      }
      for (const batch of batches) batch.release();
      spool.setLive(false);
      for (const number of (await drain(spool)).seqs) sent.add(number);
      // A batch that was dropped on its way and then arrived after all counts as both.
      expect(sent.size + dropped + spool.droppedSamples).toBeGreaterThanOrEqual(seq);
      if (dropped + spool.droppedSamples === 0) expect([...sent].sort((a, b) => a - b)).toEqual(numbers(1, seq));
      expect([spool.waitingSamples, spool.waitingBytes]).toEqual([0, 0]);
      await spool.close();
      expect(readdirSync(at).filter((name) => name !== 'state.json')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function list<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

test('a spool that cannot be made is told in a sentence', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  await expect(open('a', { directory: join(file, 'spool') })).rejects.toMatchObject({ code: 'ENOTDIR' });
  onTestFinished(() => rmSync(file, { force: true }));
});
