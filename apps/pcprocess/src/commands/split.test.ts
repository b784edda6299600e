import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { canMount, hasUpstream, smallDisk, upstream } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { header, runPcprocess, START, sample, testPlace, textOf } from '../test-run.ts';

const place = testPlace();
const [A, B] = ['aaaaaaaa-1111-4111-8111-111111111111', 'bbbbbbbb-2222-4222-8222-222222222222'];

/** Splits; gives the lines of each part by its name. */
async function split(input: string | readonly string[], ...argv: string[]) {
  const outdir = join(place.dir(), 'parts');
  const path = typeof input === 'string' ? input : place.file('in.json', input);
  const ran = await runPcprocess(['split', path, '-o', outdir, ...argv]);
  const names = existsSync(outdir) ? readdirSync(outdir).toSorted() : [];
  const parts = Object.fromEntries(names.map((name) => [name, linesIn(join(outdir, name))]));
  return { ...ran, outdir, parts };
}

function linesIn(path: string): string[] {
  const bytes = readFileSync(path);
  const text = path.endsWith('.zst') ? zstdDecompressSync(bytes) : path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return text.toString().split('\n').slice(0, -1);
}

const HOUR = 3600;
const heads = [header(A, { identifier: 'a', newer: -0 }), header(B, { identifier: 'b' })];
/** Two machines over three days, in one file. */
const ticks = Array.from({ length: 14 }, (_, seq) => {
  const [machine, run] = seq % 2 === 0 ? (['a', A] as const) : (['b', B] as const);
  return sample(START + 5 * HOUR * seq, { cpu_user: seq }, { machine, run, seq });
});
const event = JSON.stringify({ timestamp: START + 30 * HOUR, run: B, event: 'deploy — 42' });
const collection = [...heads, ...ticks.slice(0, 6), event, ...ticks.slice(6)];

describe('parts', () => {
  test('of each machine, with the header of its run first', async () => {
    const { code, stderr, stdout, parts, outdir } = await split(collection);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(parts).toEqual({
      'a.json': [heads[0], ...ticks.filter((_, at) => at % 2 === 0)],
      'b.json': [
        heads[1],
        ...ticks.slice(0, 6).filter((_, at) => at % 2 === 1),
        event,
        ...ticks.slice(6).filter((_, at) => at % 2 === 1),
      ],
    });
    expect(stdout).toMatch(
      new RegExp(`^${outdir}/a.json: 7 samples, 1.\\d KiB\n${outdir}/b.json: 7 samples, 1 event, `),
    );
  });

  test.each([
    ['run', ['a-20260109T181048Z-aaaaaaaa.json', 'b-20260109T181048Z-bbbbbbbb.json']],
    ['day', ['2026-01-09.json', '2026-01-10.json', '2026-01-11.json', '2026-01-12.json']],
    [
      'machine,day',
      [
        'a-2026-01-09.json',
        'a-2026-01-10.json',
        'a-2026-01-11.json',
        'a-2026-01-12.json',
        'b-2026-01-09.json',
        'b-2026-01-10.json',
        'b-2026-01-11.json',
        'b-2026-01-12.json',
      ],
    ],
  ])('by %s are named for it', async (by, names) => {
    const { code, parts } = await split(collection, '--by', by);
    expect(code).toBe(0);
    expect(Object.keys(parts)).toEqual(names);
  });

  test('by hour are named for the hour, in UTC', async () => {
    const { parts } = await split(collection.slice(0, 4), '--by', 'hour');
    expect(Object.keys(parts)).toEqual(['2026-01-09T18Z.json', '2026-01-09T23Z.json']);
  });

  test('by size are numbered, and each begins with a header', async () => {
    const many = [
      heads[0] ?? '',
      ...Array.from({ length: 100 }, (_, seq) => sample(START + seq, { seq }, { run: A, seq })),
    ];
    const { code, parts } = await split(place.file('web01.json', many), '--by', 'size', '--size', '2KiB');
    expect(code).toBe(0);
    const names = Object.keys(parts);
    expect(names.length).toBeGreaterThan(4);
    expect(names[0]).toBe('web01-0001.json');
    for (const lines of Object.values(parts)) expect(lines[0]).toBe(heads[0]);
    expect(Object.values(parts).flatMap((lines) => lines.slice(1))).toEqual(many.slice(1));
  });

  test('are packed as the input is, or as is asked', async () => {
    const input = place.file('in.json.zst', zstdCompressSync(textOf(collection)));
    const [asInput, gz, plain] = [
      await split(input),
      await split(input, '--pack', 'gz'),
      await split(input, '--pack', 'none'),
    ];
    expect(Object.keys(asInput.parts)).toEqual(['a.json.zst', 'b.json.zst']);
    expect(Object.values(gz.parts)).toEqual(Object.values(asInput.parts));
    expect(Object.values(plain.parts)).toEqual(Object.values(asInput.parts));
    expect(Object.keys(gz.parts)).toEqual(['a.json.gz', 'b.json.gz']);
  });

  test('of machines whose names are no file names have names that are', async () => {
    const names = ['../../etc/passwd', '.hidden', 'a/b', '\ud800', 'x'.repeat(5000), 'größe'];
    const { code, parts } = await split(names.map((machine, at) => sample(START, { at }, { machine })));
    expect(code).toBe(0);
    expect(Object.keys(parts)).toHaveLength(names.length);
    expect(Object.keys(parts)).toContain('..%2F..%2Fetc%2Fpasswd.json'.replace(/^\./, '%2E'));
  });

  test('have the header of a run without samples too', async () => {
    const { parts } = await split([...collection, header('cccccccc-3', { identifier: 'c' })]);
    expect(parts['c.json']).toEqual([header('cccccccc-3', { identifier: 'c' })]);
  });

  test('of lines that name no machine say it', async () => {
    const bare = (time: number) => JSON.stringify({ timestamp: time, fields: { a: 1 } });
    const day = 24 * HOUR;
    const { parts } = await split(
      place.file('web.json', [bare(START), header(A, { identifier: 'a' }), bare(START + day)]),
      '--by',
      'day',
    );
    expect(Object.values(parts).map((lines) => lines.map((line) => JSON.parse(line)))).toEqual([
      [{ tags: { machine_id: 'web' }, timestamp: START, fields: { a: 1 } }],
      [JSON.parse(header(A, { identifier: 'a' })), { run: A, timestamp: START + day, fields: { a: 1 } }],
    ]);
  });
});

describe('parts together say what the whole says', () => {
  const keys = fc.subarray(['machine', 'run', 'day', 'hour', 'size'], { minLength: 1 });

  test('merged, they are the collection again', async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.subarray(collection.slice(2), { minLength: 1 }), async (by, some) => {
        const { code, outdir } = await split([...heads, ...some], '--by', by.join(), '--size', '1KiB');
        expect(code).toBe(0);
        const merged = join(place.dir(), 'merged.json');
        expect((await runPcprocess(['merge', outdir, '-o', merged])).code).toBe(0);
        expect(linesIn(merged).toSorted()).toEqual([...heads, ...some].toSorted());
      }),
      { numRuns: 40 },
    );
  });

  test.skipIf(!hasUpstream)('raw lines stay raw', async () => {
    const raw = upstream('containers/container_collection.json');
    const { code, outdir, parts } = await split(raw, '--by', 'size', '--size', '50KiB');
    expect(code).toBe(0);
    expect(Object.keys(parts).length).toBeGreaterThan(3);
    const merged = join(place.dir(), 'merged.json');
    expect((await runPcprocess(['merge', outdir, '-o', merged, '--identifier', 'm'])).code).toBe(0);
    expect(linesIn(merged)).toEqual(linesIn(raw));
  });

  test('raw lines keep the header that stands above them', async () => {
    const raw = (time: number) =>
      JSON.stringify({ timestamp: time, subsystem: '/proc/loadavg', measurement: '0.10 0.20 0.30 1/2 3\n' });
    const [headA = '', headB = ''] = heads;
    const input = [
      headA,
      raw(START),
      headB,
      raw(START + 1),
      sample(START + 2, {}, { machine: 'a', run: A, seq: 1 }),
      raw(START + 3),
    ];
    const { parts } = await split(input, '--by', 'day');
    expect(Object.values(parts)).toEqual([input]);
    const { parts: byMachine } = await split(input);
    expect(byMachine['b.json']).toEqual([headB, raw(START + 1), raw(START + 3)]);
  });
});

describe('what cannot be done', () => {
  test('a part that is there already is not written over', async () => {
    const input = place.file('a.json', collection);
    const { code, stderr } = await runPcprocess(['split', input, '-o', dirname(input)]);
    expect(code).toBe(1);
    expect(stderr).toContain('a.json is there already');
    expect(linesIn(input)).toEqual(collection);
    expect(readdirSync(dirname(input))).toEqual(['a.json']);
  });

  test('damage is told, and the rest is split', async () => {
    const { code, stderr, parts } = await split(['noise', ...collection]);
    expect(code).toBe(1);
    expect(stderr).toContain('in.json: line 1 was left out: not JSON: "noise"');
    expect(Object.keys(parts)).toEqual(['a.json', 'b.json']);
  });

  test('nothing to split', async () => {
    const { code, stderr, parts } = await split([]);
    expect({ code, parts }).toEqual({ code: 1, parts: {} });
    expect(stderr).toContain('there is nothing to split');
  });

  test('a word that is no key', async () => {
    const { code, stderr } = await split(collection, '--by', 'month');
    expect(code).toBe(2);
    expect(stderr).toContain('--by: "month" is not known; expected machine, run, day, hour, size');
  });

  test.skipIf(!canMount)('a full disk leaves no part', async () => {
    const disk = smallDisk('size=128k');
    const many = Array.from({ length: 3000 }, (_, at) => sample(START + at, { at }, { machine: `m${at % 3}` }));
    const { code, stderr } = await runPcprocess(['split', place.file('in.json', many), '-o', disk]);
    expect(code).toBe(1);
    expect(stderr).toContain('the disk is full');
    expect(readdirSync(disk)).toEqual([]);
  });

  test('Ctrl-C leaves no part', async () => {
    const input = place.file('in.json', collection);
    const ran = await runPcprocess(['split', input, '-o', dirname(input)], { signal: AbortSignal.abort('SIGINT') });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: 'pcprocess: interrupted: no part was written\n' });
    expect(readdirSync(dirname(input))).toEqual([basename(input)]);
  });
});
