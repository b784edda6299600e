import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { header, runPcprocess, START, sample, series, testPlace, textOf } from '../test-run.ts';

const place = testPlace();
const [A, B] = ['aaaaaaaa-1111-4111-8111-111111111111', 'bbbbbbbb-2222-4222-8222-222222222222'];

async function inspect(content: readonly string[] | string | Uint8Array, name = 'in.json', ...argv: string[]) {
  const path = place.file(name, content);
  const { code, stdout, stderr } = await runPcprocess(['inspect', path, '--json', ...argv]);
  const [input] = JSON.parse(stdout).inputs;
  return { code, stderr, path, input };
}

/** Samples of a run, ten seconds apart, of these numbers. */
function ticks(seqs: readonly number[], run = A, machine = 'm'): string[] {
  return seqs.map((seq) =>
    sample(START + 10 * seq, { cpu_user: 3 * seq, pcc_missed_ticks: 2, pcc_dropped_samples: 1 }, { run, seq, machine }),
  );
}

describe('runs', () => {
  test('are told with what is missing of them, by their numbers and by what the agent counts', async () => {
    const { code, input } = await inspect([
      header(A, { host: { hostname: 'web', kernel: '6.1.0' } }),
      ...ticks([1, 2, 5, 6, 6, 9]),
      header(B, { identifier: 'other', agent: 7 }),
      ...ticks([1], B, 'other'),
    ]);
    expect(code).toBe(0);
    expect(input.runs).toHaveLength(2);
    expect(input.runs[0]).toMatchObject({
      run: A,
      machine: 'm',
      agent: 'pcc 1.0.0',
      hostname: 'web',
      kernel: '6.1.0',
      interval: 10,
      started: START,
      samples: 6,
      received: 5,
      expected: 9,
      missing_samples: 4,
      missing_ranges: 2,
      duplicates: 1,
      missed_by_agent: 2,
      dropped_by_agent: 1,
      first: { seq: 1, timestamp: START + 10 },
      last: { seq: 9, timestamp: START + 90 },
    });
    expect(input.runs[0].missing).toEqual([
      { from: 3, to: 4, from_time: START + 30, to_time: START + 40 },
      { from: 7, to: 8, from_time: START + 70, to_time: START + 80 },
    ]);
    expect(input.runs[1]).toMatchObject({ run: B, machine: 'other', agent: null, samples: 1, missing_samples: 0 });
    expect(input.machines[0]).toMatchObject({ machine: 'm', samples: 5, interval: 10, gaps: 2, duplicates: 1 });
    expect(input.machines[0].longest_gaps[0]).toEqual({ from: START + 20, to: START + 50, seconds: 30 });
  });

  test('a header alone is a run without samples', async () => {
    const { input } = await inspect([header(A)]);
    expect(input).toMatchObject({ kind: 'collection', samples: 0, first: null, last: null, machines: [] });
    expect(input.runs).toEqual([expect.objectContaining({ run: A, samples: 0, first_time: null })]);
  });
});

describe('time', () => {
  test('samples out of order, clock steps, boots: each is what it is', async () => {
    const uptime = (seconds: number) => ({ uptime: seconds, cpu_user: 1 });
    const at = (timestamp: number, seq: number, up: number) => sample(timestamp, uptime(up), { run: A, seq });
    const { input } = await inspect([
      header(A),
      at(START, 1, 100),
      at(START + 10, 2, 110),
      at(START - 3600, 3, 120), // the clock was set back
      at(START - 3590, 4, 130),
      at(START - 3580, 5, 5), // booted
      at(START - 3560, 7, 25),
      at(START - 3570, 6, 15), // out of order
    ]);
    expect(input.machines[0]).toMatchObject({ samples: 7, clock_steps: 1, resets: 1, out_of_order: 1, duplicates: 0 });
  });

  test('gaps of what has no header are told by the interval that most samples have', async () => {
    const times = [0, 5, 10, 15.2, 20, 40, 45];
    const { input } = await inspect(times.map((time) => sample(START + time, { a: time })));
    expect(input.machines[0]).toMatchObject({ interval: 5, gaps: 1 });
    expect(input.machines[0].longest_gaps).toEqual([{ from: START + 20, to: START + 40, seconds: 20 }]);
  });

  test('--from, --to, --machine and --run choose', async () => {
    const lines = [header(A), ...ticks([1, 2, 3]), header(B, { identifier: 'b' }), ...ticks([1, 2], B, 'b')];
    const counts = async (...argv: string[]) => (await inspect(lines, 'in.json', ...argv)).input.samples;
    expect(await counts()).toBe(5);
    expect(await counts('--from', String(START + 20))).toBe(3);
    expect(await counts('--to', String(START + 20))).toBe(2);
    expect(await counts('--machine', 'b')).toBe(2);
    expect(await counts('--run', 'aaaa')).toBe(3);
  });
});

describe('what is in it', () => {
  test('fields by the source that gives them, with those that no source gives', async () => {
    const { input } = await inspect(
      series(
        { cpu_user: 1, cpu0_user: 1, cpu1_user: 2, disk_sda_reads: 1 },
        { cpu_user: 1, disk_sda_reads: 1, disk_sdb_reads: 1, foreign: 'x' },
      ),
    );
    expect(input.sources).toEqual([
      { source: 'stat', fields: 3, devices: 2, samples: 2 },
      { source: 'diskstats', fields: 2, devices: 2, samples: 2 },
      { source: null, fields: 1, devices: 0, samples: 1 },
    ]);
  });

  test('events', async () => {
    const event = { timestamp: START, run: A, event: 'deploy — 42' };
    const { input } = await inspect([header(A), JSON.stringify(event)]);
    expect(input.events).toEqual([event]);
    expect(input.lines).toEqual({ header: 1, sample: 0, event: 1, raw: 0 });
  });

  test.each([
    ['none', (text: string) => Buffer.from(text)],
    ['gzip', (text: string) => gzipSync(text)],
    ['zstd', (text: string) => zstdCompressSync(text)],
  ] as const)('sizes, packed with %s', async (packing, pack) => {
    const text = textOf(series({ a: 1 }, { a: 2 }));
    const { input } = await inspect(pack(text), 'whatever.json');
    expect(input).toMatchObject({ packing, bytes: pack(text).length, unpacked_bytes: text.length, samples: 2 });
  });

  test('a mixture of raw lines and others is one', async () => {
    const raw = JSON.stringify({ timestamp: START, subsystem: '/proc/loadavg', measurement: '0.10 0.20 0.30 1/2 3\n' });
    expect((await inspect([raw, ...series({ a: 1 })])).input.kind).toBe('mixed');
    expect((await inspect([raw])).input).toMatchObject({ kind: 'raw', samples: 1 });
  });

  test.skipIf(!hasUpstream)('raw lines of perfcollector2 are counted as samples', async () => {
    const { stdout } = await runPcprocess(['inspect', upstream('azure-suse/pcc_collection.json'), '--json']);
    const [input] = JSON.parse(stdout).inputs;
    expect(input).toMatchObject({ kind: 'raw', samples: 132, runs: [], is_damaged: false });
    expect(input.machines).toEqual([expect.objectContaining({ samples: 132, interval: 5, gaps: 0, duplicates: 0 })]);
    const names = input.sources.map(({ source }: { source: string }) => source);
    expect(names).toEqual(['stat', 'meminfo', 'net/dev', 'diskstats', 'statfs']);
  });
});

describe('damage', () => {
  test('is told with line numbers, and is no failure of the telling', async () => {
    const { code, stderr, input } = await inspect(
      [...series({ a: 1 }), 'noise', '{"timestamp":1}'].join('\n').concat('\n{"time'),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(input).toMatchObject({ is_damaged: true, damage: { bad_lines: 2, torn_bytes: 6 } });
    expect(input.damage.sentences).toEqual([
      'line 2 was left out: not JSON: "noise"',
      expect.stringMatching(/^line 3 was left out: none of "collection"/),
      'the last 6 bytes are an unfinished line and were left out',
    ]);
  });

  test('of many lines the first are described and all are counted', async () => {
    const noise = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 'noise' : '{noise'));
    const { input } = await inspect([...noise, ...series({ a: 1 })]);
    expect(input.damage.bad_lines).toBe(100);
    expect(input.damage.sentences).toHaveLength(11);
    expect(input.damage.sentences.at(-1)).toBe('90 more bad lines were left out');
  });

  test('of packed data is told by its place', async () => {
    const frame = (text: string) => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    const [one, two] = [frame(textOf(series({ a: 1 }))), frame(textOf(series({ a: 2 })))];
    const { input } = await inspect(Buffer.concat([one, Buffer.alloc(100, 7), two]), 'in.json.zst');
    expect(input).toMatchObject({ is_damaged: true, damage: { holes: 1 }, lines: { sample: 2 } });
    expect(input.damage.sentences[0]).toContain(`100 bytes of packed data, from byte ${one.length} on`);
  });

  test.each([
    ['nothing', ''],
    ['noise', Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 251))],
  ])('a file of %s is told as what it is', async (_, content) => {
    const { code, input } = await inspect(content);
    expect(code).toBe(0);
    expect(input).toMatchObject({ kind: 'empty', samples: 0 });
  });

  test('what cannot be read at all makes the exit code 1; the others are told', async () => {
    const path = place.file('in.json', series({ a: 1 }));
    const { code, stdout, stderr } = await runPcprocess(['inspect', path, join(dirname(path), 'none.json')]);
    expect(code).toBe(1);
    expect(stdout).toContain('1 sample, 1 machine');
    expect(stderr).toContain('none.json: no such file or directory');
  });
});

test('people are shown tables, and nothing that is in the data moves their cursor', async () => {
  const path = place.file('in.json', [
    header(A, { identifier: 'evil\u001b[2J', host: { hostname: 'h', kernel: 'k' } }),
    ...ticks([1, 3], A, 'evil\u001b[2J'),
    JSON.stringify({ timestamp: START, run: A, event: 'deploy\u001b[1m' }),
    'noise\u001b[0m',
  ]);
  const { stdout } = await runPcprocess(['inspect', path]);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain(`${path}: `);
  expect(stdout).toContain('2 samples, 1 machine, 1 run, 1 event, 2026-01-09 18:10:58 to 2026-01-09 18:11:18 UTC\n');
  expect(stdout).toMatch(/aaaaaaaa {2}evil\?\[2J {2}pcc 1.0.0 {2}h {5}k .* 2 {8}1 {2}2\/1\n/);
  expect(stdout).toMatch(/\n {2}stat +1 +0 +2\n/);
  expect(stdout).toContain('2026-01-09 18:10:48  deploy?[1m');
  expect(stdout).toContain('line 5 was left out: not JSON: "noise\\u001b[0m"');
});

/** At its end the program says how much memory it took at most, in KiB. */
const REPORT = `--import=data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))`;

test('a line that does not end costs no memory', { timeout: 120_000 }, () => {
  const path = place.file('in.json', '');
  truncateSync(path, 512 * 1024 * 1024);
  appendFileSync(path, `\n${textOf(series({ a: 1 }))}`);
  const env = { ...process.env, NODE_OPTIONS: REPORT };
  const { stdout, stderr } = spawnSync(bin('pcprocess'), ['inspect', path, '--json'], { env, encoding: 'utf8' });
  const [input] = JSON.parse(stdout).inputs;
  expect(input).toMatchObject({ samples: 1, damage: { bad_lines: 1 } });
  expect(Number(stderr)).toBeLessThan(250 * 1024);
});

test('standard input is inspected as a file is', async () => {
  const path = place.file('c.json', series({ a: 1 }));
  const [file, stdin] = await Promise.all([
    runPcprocess(['inspect', path, '--json']),
    runPcprocess(['inspect', '-', '--json'], { stdin: readFileSync(path) }),
  ]);
  const [of, by] = [file, stdin].map(({ stdout }) => JSON.parse(stdout).inputs[0]);
  expect(by).toEqual({ ...of, input: 'standard input' });
});
