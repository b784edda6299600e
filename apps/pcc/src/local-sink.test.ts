import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Entry, encodeLine, noDamage, openFile, readCollection } from '@perfcollector/collection';
import { bin, canMount, hostRoot, smallDisk } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPcc } from './test-run.ts';
import { headerOf, numberedSample, openSink } from './test-sink-until-killed.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-local-'));
  path = join(directory, 'c.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = (seq: number, run = 'r1'): Buffer => Buffer.from(encodeLine(numberedSample(run, seq)));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

function addAll(sink: ReturnType<typeof openSink>, seqs: readonly number[], run?: string): void {
  for (const seq of seqs) sink.add(line(seq, run), 'sample');
}

async function entriesOf(...paths: string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const one of paths) {
    const damage = noDamage();
    entries.push(...(await Array.fromAsync(readCollection(openFile(one), damage))));
    expect(damage).toEqual(noDamage());
  }
  return entries;
}

const isSample = ({ kind }: Entry): boolean => kind === 'sample';
const seqsOf = (entries: readonly Entry[]): (number | undefined)[] =>
  entries.flatMap(({ kind, value }) => (kind === 'sample' ? [value.seq] : []));

/** Finished parts and the file that is written, as a shell's `c*` names them. */
const parts = (where = directory): string[] =>
  readdirSync(where)
    .filter((name) => name.startsWith('c'))
    .map((name) => join(where, name));

/** The CSV that pcprocess makes of these. */
function csvOf(...paths: string[]): string {
  const outdir = mkdtempSync(join(directory, 'csv-'));
  execFileSync(bin('pcprocess'), [...paths, '--outdir', outdir]);
  const [name = ''] = readdirSync(outdir);
  return readFileSync(join(outdir, name), 'utf8');
}

describe('what counts as written', () => {
  test.each(['interval', 'never'] as const)('is what the kernel has taken, with --fsync %s', async (fsync) => {
    const sink = openSink(path, 'r1', { fsync });
    addAll(sink, range(1, 4));
    expect(sink.state).toEqual({
      waitingSamples: 0,
      waitingBytes: 0,
      droppedSamples: 0,
      sentSamples: 3,
      problem: undefined,
    });
    expect(await sink.close()).toEqual({ summary: `3 samples in ${path}`, isComplete: true });
  });

  test('is what is on the disk, with --fsync always', async () => {
    const sink = openSink(path, 'r1', { fsync: 'always' });
    addAll(sink, range(1, 4));
    expect(seqsOf(await entriesOf(path))).toEqual([1, 2, 3]); // written at once all the same
    while (sink.state.sentSamples < 3) await turn();
    addAll(sink, [4]);
    expect(sink.state.sentSamples).toBe(3);
    expect(await sink.close()).toEqual({ summary: `4 samples in ${path}`, isComplete: true });
    expect(sink.state.sentSamples).toBe(4);
  });

  test('is not what events are', async () => {
    const sink = openSink(path, 'r1');
    sink.add(Buffer.from('{"timestamp":1,"event":"deploy"}\n'), 'event');
    addAll(sink, [1]);
    expect(sink.state.sentSamples).toBe(1);
    expect((await sink.close()).summary).toBe(`1 samples in ${path}`);
    expect((await entriesOf(path)).map(({ kind }) => kind)).toEqual(['header', 'event', 'sample']);
  });

  test('goes into a device that cannot be synced too', async () => {
    const sink = openSink('/dev/null', 'r1', { fsync: 'always', rotate: '4KiB' });
    addAll(sink, range(0, 100));
    expect(await sink.close()).toEqual({ summary: '100 samples in /dev/null', isComplete: true });
  });
});

describe.skipIf(!canMount)('a full disk', () => {
  test.each(['c.json', 'c.json.gz', 'c.json.zst'])('lets samples of %s wait, told one by one', async (name) => {
    const disk = smallDisk('size=64k');
    const onDisk = join(disk, name);
    const sink = openSink(onDisk, 'r1');
    addAll(sink, [0]);
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(56 * 1024));
    let next = 1;
    while (sink.state.waitingSamples < 30) addAll(sink, [next++]);
    expect(sink.state).toMatchObject({
      droppedSamples: 0,
      sentSamples: next - 30,
      problem: expect.stringMatching(/the disk is full/),
    });
    expect(sink.state.waitingBytes).toBeGreaterThan(1000);
    rmSync(join(disk, 'ballast'));
    addAll(sink, [next++]);
    expect(sink.state).toMatchObject({ waitingSamples: 0, waitingBytes: 0, sentSamples: next, problem: undefined });
    expect((await sink.close()).isComplete).toBe(true);
    expect(seqsOf(await entriesOf(onDisk))).toEqual(range(0, next));
  });

  test('that has room again by the end of the run takes everything', async () => {
    const disk = smallDisk('size=64k');
    const onDisk = join(disk, 'c.json');
    const sink = openSink(onDisk, 'r1', { fsync: 'always' });
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(56 * 1024));
    let next = 0;
    while (sink.state.waitingSamples < 5) addAll(sink, [next++]);
    rmSync(join(disk, 'ballast'));
    expect(await sink.close()).toEqual({ summary: `${next} samples in ${onDisk}`, isComplete: true });
    expect(seqsOf(await entriesOf(onDisk))).toEqual(range(0, next));
  });

  test('that stays full is told at the end, and a later run goes on behind whole lines', async () => {
    const disk = smallDisk('size=64k');
    const onDisk = join(disk, 'c.json.zst');
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(48 * 1024));
    const sink = openSink(onDisk, 'r1');
    let next = 0;
    while (sink.state.waitingSamples < 30) addAll(sink, [next++]);
    expect(await sink.close()).toEqual({
      summary: expect.stringMatching(new RegExp(`the disk is full: 30 of ${next} samples are lost`)),
      isComplete: false,
    });
    rmSync(join(disk, 'ballast'));
    const later = openSink(onDisk, 'r2');
    addAll(later, range(1000, 1003), 'r2');
    await later.close();
    expect(seqsOf(await entriesOf(onDisk))).toEqual([...range(0, next - 30), ...range(1000, 1003)]);
  });

  test('while parts are finished and packed costs nothing; they are packed when there is room', async () => {
    const disk = smallDisk('size=512k');
    const sink = openSink(join(disk, 'c.json'), 'r1', { rotate: '32KiB' });
    let next = 0;
    while (parts(disk).length < 3) addAll(sink, [next++]);
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(360 * 1024));
    while (sink.state.waitingSamples < 200) addAll(sink, [next++]);
    for (let turns = 0; turns < 100; turns++) await turn(); // packing finds no room, or little
    rmSync(join(disk, 'ballast'));
    addAll(sink, range(next, next + 100));
    expect((await sink.close()).isComplete).toBe(true);
    expect(parts(disk).filter((one) => !one.endsWith('.zst'))).toEqual([join(disk, 'c.json')]);
    const seqs = seqsOf(await entriesOf(...parts(disk)));
    expect(seqs.toSorted((a, b) => Number(a) - Number(b))).toEqual(range(0, next + 100));
  });
});

describe('rotation', () => {
  test('by size gives packed parts that begin with the header of the run, and together every sample once', async () => {
    const sink = openSink(path, 'r1', { rotate: '8KiB' });
    for (const seq of range(0, 200)) {
      addAll(sink, [seq]);
      await turn();
    }
    expect(await sink.close()).toEqual({ summary: `200 samples in ${path}`, isComplete: true });
    expect(parts().length).toBeGreaterThan(10);
    const seqs: unknown[] = [];
    for (const part of parts()) {
      const [first, ...rest] = await entriesOf(part);
      expect(first).toEqual({ kind: 'header', value: headerOf('r1') });
      expect(rest.every(isSample)).toBe(true);
      seqs.push(...seqsOf(rest));
      if (part !== path) expect(part).toMatch(/\/c-\d{8}T\d{6}Z(-\d+)?\.json\.zst$/);
    }
    expect(seqs.toSorted((a, b) => Number(a) - Number(b))).toEqual(range(0, 200));
    expect(readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('gives pcprocess the same table as one file', async () => {
    const whole = join(directory, 'whole.json');
    const sinks = [openSink(path, 'r1', { rotate: '8KiB' }), openSink(whole, 'r1')];
    for (const sink of sinks) {
      addAll(sink, range(0, 100));
      await sink.close();
    }
    expect(parts().length).toBeGreaterThan(5);
    expect(csvOf(...parts())).toBe(csvOf(whole));
  });

  test('of the program itself, by time, gives the same table as its lines in one file', async () => {
    const argv = [
      '--root',
      hostRoot('debian12-6.1-aarch64'),
      '--collection',
      path,
      '--rotate',
      '1s',
      '--fsync',
      'always',
    ];
    const { code } = await runPcc([...argv, '--frequency', '50ms', '--duration', '2500ms', '--identifier', 'web01']);
    expect(code).toBe(0);
    expect(parts().length).toBeGreaterThanOrEqual(3);
    const entries = await entriesOf(...parts());
    const samples = entries.filter(isSample).toSorted((a, b) => Number(seqsOf([a])[0]) - Number(seqsOf([b])[0]));
    const lines = [...entries.slice(0, 1), ...samples].map(({ value }) => encodeLine(value));
    const whole = join(directory, 'whole.json');
    writeFileSync(whole, lines.join(''));
    expect(csvOf(...parts())).toBe(csvOf(whole));
  });

  test.each(['c.json.zst', 'c.json.gz'])('leaves the parts of a packed file (%s) as they are', async (name) => {
    const sink = openSink(join(directory, name), 'r1', { rotate: '4KiB' });
    addAll(sink, range(0, 200));
    await sink.close();
    expect(parts().length).toBeGreaterThan(3);
    for (const part of parts()) expect(part.endsWith(name.slice(1))).toBe(true);
    expect(seqsOf(await entriesOf(...parts()))).toHaveLength(200);
  });

  test('puts an old file aside at the start of a run where its time is over', async () => {
    writeFileSync(path, encodeLine(headerOf('r0')) + encodeLine(numberedSample('r0', 1)));
    const began = Math.floor(statSync(path).birthtimeMs / 1000);
    while (Math.floor(Date.now() / 1000) === began) await turn();
    await openSink(path, 'r1', { rotate: '1s' }).close();
    expect((await entriesOf(path)).map(({ value }) => value)).toEqual([headerOf('r1')]);
    const [part = ''] = parts().filter((one) => one !== path);
    const stamp = new Date(began * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    expect(part).toBe(join(directory, `c-${stamp}.json.zst`));
    expect(seqsOf(await entriesOf(part))).toEqual([1]);
  });

  test('makes no part of a header alone', async () => {
    const sink = openSink(path, 'r1', { rotate: '1s' });
    const second = Math.floor(Date.now() / 1000);
    while (Math.floor(Date.now() / 1000) === second) await turn();
    addAll(sink, [1]);
    expect(parts()).toEqual([path]);
    await sink.close();
    expect((await entriesOf(path)).map(({ kind }) => kind)).toEqual(['header', 'sample']);
  });

  test('follows a link, and leaves it one', async () => {
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'c.json'), '');
    symlinkSync(join(elsewhere, 'c.json'), path);
    const sink = openSink(path, 'r1', { rotate: '4KiB' });
    addAll(sink, range(0, 50));
    await sink.close();
    expect(parts()).toEqual([path]);
    expect(seqsOf(await entriesOf(...parts(elsewhere)))).toHaveLength(50);
  });

  test('goes on where somebody has taken the file away', async () => {
    const sink = openSink(path, 'r1', { rotate: '4KiB' });
    addAll(sink, range(0, 10));
    rmSync(path);
    addAll(sink, range(10, 20));
    await sink.close();
    expect(seqsOf(await entriesOf(path))).toContain(19);
  });
});

describe('what a crash left of packing', () => {
  const content = encodeLine(headerOf('r0')) + line(1, 'r0') + line(2, 'r0');
  const part = () => join(directory, 'c-20260109T181048Z.json');
  const unfinished = () => join(directory, '.c-20260109T181048Z.json.zst.tmp');
  const finish = () => openSink(path, 'r1', { rotate: '1GiB' }).close();

  test('is finished at the next start', async () => {
    writeFileSync(part(), content);
    writeFileSync(unfinished(), zstdCompressSync(content).subarray(0, 20));
    await finish();
    expect(readdirSync(directory).toSorted()).toEqual(['c-20260109T181048Z.json.zst', 'c.json']);
    expect(zstdDecompressSync(readFileSync(`${part()}.zst`)).toString()).toBe(content);
  });

  test('is finished where the packed content has the plain name still', async () => {
    writeFileSync(part(), zstdCompressSync(content));
    expect(seqsOf(await entriesOf(part()))).toEqual([1, 2]); // readable all the while
    await finish();
    expect(readdirSync(directory).toSorted()).toEqual(['c-20260109T181048Z.json.zst', 'c.json']);
    expect(zstdDecompressSync(readFileSync(`${part()}.zst`)).toString()).toBe(content);
  });

  test('never costs a file of that name which somebody else made', async () => {
    writeFileSync(part(), content);
    writeFileSync(`${part()}.zst`, 'mine');
    await finish();
    expect(readFileSync(`${part()}.zst`, 'utf8')).toBe('mine');
    expect(seqsOf(await entriesOf(part()))).toEqual([1, 2]);
  });

  test('leaves everything alone that is no part of this collection', async () => {
    const names = [
      'c-1.json',
      'c-20260109T181048Z.json.bak',
      'cc-20260109T181048Z.json',
      '.c.zst.tmp',
      'c-x-20260109T181048Z.json',
    ];
    for (const name of names) writeFileSync(join(directory, name), content);
    await finish();
    for (const name of names) expect(readFileSync(join(directory, name), 'utf8')).toBe(content);
  });

  test('stays where nobody asks for rotation', async () => {
    writeFileSync(part(), content);
    await openSink(path, 'r1').close();
    expect(existsSync(part())).toBe(true);
  });
});
