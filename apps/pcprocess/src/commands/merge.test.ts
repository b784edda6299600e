import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { noDamage, openFile, readCollection } from '@perfcollector/collection';
import { bin, canMount, hasUpstream, readOnly, smallDisk, upstream } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, testPlace, textOf } from '../test-run.ts';

const place = testPlace();
const [A, B] = ['aaaaaaaa-1111-4111-8111-111111111111', 'bbbbbbbb-2222-4222-8222-222222222222'];

async function merge(inputs: readonly string[], ...argv: string[]) {
  const output = join(place.dir(), 'out.json');
  const ran = await runPcprocess(['merge', ...inputs, '-o', output, ...argv]);
  const lines = existsSync(output) ? readFileSync(output, 'utf8').split('\n').slice(0, -1) : [];
  return { ...ran, output, lines };
}

const event = (timestamp: number, run: string, text: string) => JSON.stringify({ timestamp, run, event: text });

/** Two machines, a run each, interleaved in time; with members that nobody knows. */
function twoMachines(): string[] {
  const ticks = [1, 2, 3, 4, 5].flatMap((seq) => [
    sample(START + 10 * seq, { cpu_user: seq }, { machine: 'a', run: A, seq }),
    sample(START + 10 * seq + 3, { cpu_user: 2 * seq }, { machine: 'b', run: B, seq }).replace(
      '{',
      '{"newer":[-0,1e400],',
    ),
  ]);
  return [
    header(A, { identifier: 'a', newer: { x: -0 } }),
    header(B, { identifier: 'b' }),
    ...ticks,
    event(START + 60, A, 'deploy — 1'),
  ];
}

describe('lines', () => {
  test('of one machine in two files come in the order of time, the header once, duplicates not at all', async () => {
    const [first, second, third] = [1, 2, 3].map((seq) => sample(START + seq, { a: seq }, { run: A, seq }));
    const one = place.file('one.json', [header(A), first ?? '', third ?? '']);
    const two = place.file('two.json', [header(A), second ?? '', third ?? '', event(START + 9, A, 'x')]);
    const { code, stdout, lines, output } = await merge([one, two]);
    expect(code).toBe(0);
    expect(lines).toEqual([header(A), first, second, third, event(START + 9, A, 'x')]);
    expect(stdout).toBe(
      `${output}: 1 machine, 1 run (1 duplicate left out)\n` +
        '  m: 3 samples, 1 event, 2026-01-09 18:10:49 to 2026-01-09 18:10:57\n',
    );
  });

  test('of any distribution over files, in any order, packed or not, come out the same', async () => {
    const all = twoMachines();
    const [headA = '', headB = '', ...rest] = all;
    const files = fc.array(fc.nat({ max: 2 }), { minLength: rest.length, maxLength: rest.length });
    const shuffle = fc.shuffledSubarray(rest, { minLength: rest.length });
    await fc.assert(
      fc.asyncProperty(files, shuffle, fc.boolean(), async (fileOf, shuffled, isPacked) => {
        const inputs = [0, 1, 2].map((file) => {
          const text = textOf([headA, headB, ...shuffled.filter((_, at) => fileOf[at] === file)]);
          return isPacked ? place.file(`${file}.json.zst`, zstdCompressSync(text)) : place.file(`${file}.json`, text);
        });
        const { code, lines } = await merge([...inputs, ...inputs.slice(1)]);
        expect(code).toBe(0);
        expect(lines.toSorted()).toEqual(all.toSorted());
        const times = lines.map((line) => JSON.parse(line).timestamp).filter((time) => time !== undefined);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const [run, head] of [
          [A, headA],
          [B, headB],
        ])
          expect(lines.indexOf(head ?? '')).toBeLessThan(
            lines.findIndex((line) => line.includes(`"run":"${run}","seq"`)),
          );
      }),
      { numRuns: 30 },
    );
  });

  test('are the same when they are merged again, with themselves too', async () => {
    const { output, lines } = await merge([place.file('x.json', twoMachines())]);
    expect((await merge([output])).lines).toEqual(lines);
    const again = await merge([output, place.file('x.json', lines)]);
    expect(again.lines).toEqual(lines);
    expect(again.stdout).toContain('11 duplicates left out');
  });

  test('of one time and different fields are kept both, for readers put them together', async () => {
    const both = [sample(START, { a: 1 }), sample(START, { b: 2 }), sample(START, { a: 1, b: 2 })];
    const { lines } = await merge([place.file('x.json', both)]);
    expect(lines).toEqual(both.slice(0, 2));
  });

  test('that do not say whose they are say it afterwards', async () => {
    const bare = (time: number) => JSON.stringify({ timestamp: time, fields: { a: time } });
    const web = place.file('web.json', [bare(START), bare(START + 1)]);
    const db = place.file('db.json', [header(A, { identifier: 'db' }), bare(START)]);
    const { lines } = await merge([web, db]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { timestamp: START, tags: { machine_id: 'web' }, fields: { a: START } },
      JSON.parse(header(A, { identifier: 'db' })),
      { timestamp: START, run: A, fields: { a: START } },
      { timestamp: START + 1, tags: { machine_id: 'web' }, fields: { a: START + 1 } },
    ]);
  });

  test('of a run whose header is in another file come behind it, whatever their times', async () => {
    const own = [1, 2].map((seq) => JSON.stringify({ timestamp: START + seq, run: A, seq, fields: { a: seq } }));
    const [later = '', earlier = ''] = own.toReversed();
    const { lines } = await merge([place.file('rest.json', [earlier]), place.file('first.json', [header(A), later])]);
    expect(lines).toEqual([header(A), earlier, later]);
  });

  test('are chosen by time, machine and run; headers of what is not wanted are left out', async () => {
    const input = place.file('x.json', twoMachines());
    const { lines, code } = await merge(
      [input],
      '--machine',
      'b',
      '--from',
      String(START + 20),
      '--to',
      String(START + 40),
    );
    expect(code).toBe(0);
    expect(lines).toEqual([twoMachines()[1], twoMachines()[5], twoMachines()[7]]);
    expect((await merge([input], '--run', 'aaaa')).lines).toHaveLength(7);
  });
});

test('more than goes into memory is sorted all the same', { timeout: 120_000 }, async () => {
  const padding = 'x'.repeat(4000);
  const sorted = Array.from({ length: 20_000 }, (_, at) => sample(START + at, { at, padding }));
  const shuffled = sorted.map((_, at) => sorted[(at * 7919) % sorted.length] ?? '');
  const { code, lines, output } = await merge([place.file('x.json', shuffled)]);
  expect(code).toBe(0);
  expect(lines.length).toBe(sorted.length);
  expect(lines.findIndex((line, at) => line !== sorted[at])).toBe(-1);
  expect(readdirSync(dirname(output))).toEqual(['out.json']);
});

describe.skipIf(!hasUpstream)('raw lines of perfcollector2', () => {
  const RAW = upstream('azure-suse/pcc_collection.json');

  test('stay raw, so that it can read them; cut into files and put together they are what they were', async () => {
    const lines = readFileSync(RAW, 'utf8').split('\n').slice(0, -1);
    const [one, two] = [place.file('1.json', lines.slice(0, 333)), place.file('2.json', lines.slice(300))];
    const { code, lines: merged, stdout } = await merge([two, one], '--identifier', 'suse');
    expect(code).toBe(0);
    expect(merged).toEqual(lines);
    expect(stdout).toContain('33 duplicates left out');
  });

  test('beside lines of this suite become samples of the same fields', async () => {
    const ours = place.file('ours.json', [header(A), sample(START, { a: 1 }, { run: A, seq: 1 })]);
    const { code, output } = await merge([RAW, ours]);
    expect(code).toBe(0);
    const fieldsIn = async (path: string) => {
      const entries = await Array.fromAsync(readCollection(openFile(path), noDamage()));
      return entries.flatMap((entry) => (entry.kind === 'sample' ? [entry.value.fields] : []));
    };
    expect((await fieldsIn(output)).slice(0, -1)).toEqual(await fieldsIn(RAW));
    const dir = place.dir();
    await runPcprocess([output, '--outdir', dir]);
    await runPcprocess([RAW, '--outdir', join(dir, 'raw')]);
    expect(readCsv(join(dir, 'pcc_collection.csv'))).toMatchObject({
      rows: readCsv(join(dir, 'raw', 'pcc_collection.csv')).rows,
    });
  });
});

describe('what cannot be done', () => {
  test('damage is told and the exit code is 1; the rest is merged', async () => {
    const good = sample(START, { a: 1 });
    const input = place.file('x.json', ['noise', good]);
    const { code, stderr, lines } = await merge([input, join(dirname(input), 'none.json')]);
    expect({ code, lines }).toEqual({ code: 1, lines: [good] });
    expect(stderr).toContain('x.json: line 1 was left out: not JSON: "noise"');
    expect(stderr).toContain('none.json: no such file or directory');
  });

  test('nothing to merge writes nothing', async () => {
    const { code, stderr, output } = await merge([place.file('x.json', 'noise\n')]);
    expect(code).toBe(1);
    expect(stderr).toContain('there is nothing to merge');
    expect(readdirSync(dirname(output))).toEqual([]);
  });

  test('an output that is an input is refused', async () => {
    const input = place.file('x.json', twoMachines());
    const { code, stderr } = await runPcprocess(['merge', input, dirname(input), '-o', input]);
    expect(code).toBe(1);
    expect(stderr).toContain('is one of the collections to be read');
    expect(readFileSync(input, 'utf8')).toBe(textOf(twoMachines()));
  });

  test.skipIf(!canMount)('a full disk leaves what was there before, and nothing else', async () => {
    const disk = smallDisk('size=256k');
    writeFileSync(join(disk, 'out.json'), 'before');
    const many = Array.from({ length: 20_000 }, (_, at) => sample(START + at, { at }));
    const { code, stderr } = await runPcprocess(['merge', place.file('x.json', many), '-o', join(disk, 'out.json')]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `pcprocess: cannot write ${disk}/out.json: the disk is full\n  Make room, or choose a path on another disk.\n`,
    );
    expect(readdirSync(disk)).toEqual(['out.json']);
    expect(readFileSync(join(disk, 'out.json'), 'utf8')).toBe('before');
  });

  test.skipIf(!canMount)('where nobody may write, that is said', async () => {
    const disk = smallDisk('size=64k');
    readOnly(disk);
    const input = place.file('x.json', twoMachines());
    for (const argv of [
      ['merge', input, '-o', join(disk, 'out.json')],
      ['split', input, '-o', disk],
      ['repair', input, '-o', join(disk, 'out.json')],
    ]) {
      const { code, stderr } = await runPcprocess(argv);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^pcprocess: cannot write .*: the file system is read-only\n {2}Choose another path.\n$/);
    }
  });

  test('Ctrl-C in the middle of the work leaves nothing', { timeout: 120_000 }, async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => sample(START + at, { at, padding: 'x'.repeat(1000) }));
    const input = place.file('x.json', lines);
    const dir = place.dir();
    const child = spawn(bin('pcprocess'), ['merge', input, '-o', join(dir, 'out.json')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    await expect.poll(() => sizeOfAny(dir), { interval: 5 }).toBeGreaterThan(0);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'pcprocess: interrupted: nothing was written\n' });
    expect(readdirSync(dir)).toEqual([]);
  });
});

function sizeOfAny(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

test('standard output takes it too', async () => {
  const { code, stdout, stderr } = await runPcprocess(['merge', '-'], { stdin: textOf(twoMachines()) });
  expect(code).toBe(0);
  expect(stdout).toBe(textOf(twoMachines()));
  expect(stderr).toContain('standard output: 2 machines, 2 runs');
});

test('--json tells what was done, and the output is packed as its name says', async () => {
  const output = join(place.dir(), 'out.json.zst');
  const { stdout } = await runPcprocess(['merge', place.file('x.json', twoMachines()), '-o', output, '--json']);
  expect(JSON.parse(stdout)).toEqual({
    output,
    format: 'collection',
    inputs: 1,
    machines: [
      { machine: 'a', samples: 5, events: 1, raw_lines: 0, first: START + 10, last: START + 60 },
      { machine: 'b', samples: 5, events: 0, raw_lines: 0, first: START + 13, last: START + 53 },
    ],
    runs: 2,
    duplicates: 0,
    raw_left_out: 0,
    differing_headers: [],
    problems: [],
  });
  expect(zstdDecompressSync(readFileSync(output)).toString()).toBe(textOf(twoMachines()));
});
