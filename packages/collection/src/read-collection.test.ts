import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fields, openHost, ParseError, sourceOf } from '@perfcollector/procfs';
import { hostRoot } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFile } from './decompress.ts';
import { encodeLine, type Header, type RawMeasurement, type Sample } from './lines.ts';
import {
  type Damage,
  damageSentences,
  type Entry,
  noDamage,
  processorsIn,
  rawFields,
  readCollection,
} from './read-collection.ts';

const LINE_FEED = 0x0a;
const HOSTS = hostRoot('');
const host = openHost(join(HOSTS, 'debian12-6.18-x86_64'));
const FILES = ['/proc/stat', '/proc/meminfo', '/proc/loadavg', '/proc/diskstats', '/proc/net/dev', '/proc/uptime'];

interface Reading {
  readonly entries: Entry[];
  readonly damage: Damage;
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function readChunks(chunks: readonly Uint8Array[]): Promise<Reading> {
  const damage = noDamage();
  return { entries: await Array.fromAsync(readCollection(streamOf(chunks), damage)), damage };
}

const read = (content: string | Uint8Array): Promise<Reading> => readChunks([Buffer.from(content)]);

/** Lines as a file holds them, and where each of them ends: the offset of its line feed. */
interface Written {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

function write(lines: readonly string[], lineEnd = '\n'): Written {
  let at = 0;
  const ends = lines.map((line) => {
    const end = at + Buffer.byteLength(line);
    at = end + Buffer.byteLength(lineEnd);
    return end;
  });
  return { bytes: Buffer.from(lines.map((line) => line + lineEnd).join('')), ends };
}

/** How many lines are whole in the first `cut` bytes, and how many bytes stand behind the last whole one's line feed. */
function wholeBefore(cut: number, { ends }: Written): { lines: number; torn: number } {
  const lines = ends.filter((end) => end <= cut).length;
  const start = lines === 0 ? 0 : (ends[lines - 1] ?? 0) + 1;
  return { lines, torn: Math.max(0, cut - start) };
}

const header: Header = {
  collection: 1,
  run: '6a7f6b5e-9c0c-4e0e-8d0e-0d7f6f1c2b3a',
  identifier: 'web01',
  started: 1704067200,
  interval: 10,
  host: { hostname: 'größe' },
  agent: 'pcc 1.0.0',
  labels: {},
};

/** What the sources make of a captured host. */
function hostFields(): Fields {
  return Object.assign({}, ...FILES.map((path) => sourceOf(path)?.parse(host.readText(path), path)));
}

/** A collection of this suite's: a header, samples of a real host, an event between them. */
function ownEntries(samples: number): Entry[] {
  const fields = hostFields();
  const sample = (seq: number): Entry => ({
    kind: 'sample',
    value: { timestamp: header.started + 10 * seq, run: header.run, seq, tags: { machine_id: 'web01' }, fields },
  });
  const mark: Entry = { kind: 'event', value: { timestamp: header.started + 15, event: 'deploy 🚀' } };
  const all = Array.from({ length: samples }, (_, at) => sample(at + 1));
  return [{ kind: 'header', value: header }, ...all.slice(0, 1), mark, ...all.slice(1)];
}

const linesOf = (entries: readonly Entry[]): string[] => entries.map(({ value }) => encodeLine(value).trimEnd());

/** perfcollector2's raw lines of the same host, one for each kernel file and time. */
function rawLines(times: readonly number[]): RawMeasurement[] {
  return times.flatMap((timestamp) =>
    FILES.map((subsystem) => ({ timestamp, subsystem, measurement: host.readText(subsystem) })),
  );
}

/** What raw lines amount to, worked out without the reader: the fields of each timestamp together. */
function samplesOf(raw: readonly RawMeasurement[]): Sample[] {
  const byTime = Map.groupBy(raw, ({ timestamp }) => timestamp);
  return [...byTime].map(([timestamp, lines]) => ({
    timestamp,
    fields: Object.assign(
      {},
      ...lines.map((line) => sourceOf(line.subsystem)?.parse(line.measurement, line.subsystem)),
    ),
  }));
}

const samplesIn = ({ entries }: Reading): Sample[] =>
  entries.flatMap((entry) => (entry.kind === 'sample' ? [entry.value] : []));

const smallLines = [
  encodeLine({ ...header, host: {} }).trimEnd(),
  '{"timestamp":1704067210,"fields":{"cpu_user":1}}',
  '{"timestamp":1704067215,"event":"größe 🚀"}',
  '{"timestamp":1704067220,"subsystem":"/proc/loadavg","measurement":"0.20 0.18 0.12 1/80 11206\\n"}',
];

describe('a collection that is cut off', () => {
  test('at any byte gives every whole line before it, and the exact length of the rest', async () => {
    const written = write(smallLines);
    for (let cut = 0; cut <= written.bytes.length; cut++) {
      const { entries, damage } = await read(written.bytes.subarray(0, cut));
      const { lines, torn } = wholeBefore(cut, written);
      expect(entries).toHaveLength(lines);
      expect(damage).toEqual({ ...noDamage(), tornBytes: torn });
    }
  });

  test('anywhere in the samples of a real host gives the whole ones unchanged', async () => {
    const entries = ownEntries(4);
    const written = write(linesOf(entries));
    await fc.assert(
      fc.asyncProperty(fc.nat(written.bytes.length), async (cut) => {
        const { lines, torn } = wholeBefore(cut, written);
        const reading = await read(written.bytes.subarray(0, cut));
        expect(reading).toEqual({ entries: entries.slice(0, lines), damage: { ...noDamage(), tornBytes: torn } });
      }),
    );
  });

  test('anywhere in the raw lines of a real host gives what was whole of each timestamp', async () => {
    const raw = rawLines([1767982248, 1767982253, 1767982258]);
    const written = write(raw.map((line) => encodeLine(line).trimEnd()));
    await fc.assert(
      fc.asyncProperty(fc.nat(written.bytes.length), async (cut) => {
        const { lines, torn } = wholeBefore(cut, written);
        const reading = await read(written.bytes.subarray(0, cut));
        expect(samplesIn(reading)).toEqual(samplesOf(raw.slice(0, lines)));
        expect(reading.damage).toEqual({ ...noDamage(), tornBytes: torn });
      }),
    );
  });

  test('says so in a sentence', async () => {
    const { damage } = await read('{"timestamp":1,"event":"x"}\n{"timest');
    expect(damageSentences(damage)).toEqual(['the last 8 bytes are an unfinished line and were left out']);
  });
});

describe('the bytes of a collection', () => {
  test('give the same entries however they are cut into chunks', async () => {
    const raw = rawLines([1767982248, 1767982253]).map((line) => encodeLine(line).trimEnd());
    const { bytes } = write([...linesOf(ownEntries(2)), 'no line at all', ...raw, '{"torn']);
    const whole = await readChunks([bytes]);
    expect(whole.entries).toHaveLength(6);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 40 }), async (cuts) => {
        const points = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        expect(await readChunks(points.slice(1).map((end, at) => bytes.subarray(points[at], end)))).toEqual(whole);
      }),
    );
  });

  test('may come one at a time', async () => {
    const { bytes } = write(smallLines);
    expect(await readChunks(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(await readChunks([bytes]));
  });

  test('may be anything at all: noise is damage', async () => {
    const opening = fc.constantFrom('', '{"', '{"timestamp":1,"event":"x"}\n').map((text) => Buffer.from(text));
    await fc.assert(
      fc.asyncProperty(opening, fc.uint8Array({ maxLength: 400 }), async (start, noise) => {
        const { entries, damage } = await readChunks([start, noise, Buffer.from('\n~')]);
        expect(entries).toHaveLength(start.includes(LINE_FEED) ? 1 : 0);
        expect(damage.tornBytes).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  test('may look packed and be anything at all: that never fails', async () => {
    const opening = fc.constantFrom('1f8b0800', '1f8b', '28b52ffd', '28b52ffd04', '28b52ffd20');
    await fc.assert(
      fc.asyncProperty(opening, fc.uint8Array({ minLength: 2, maxLength: 400 }), async (start, noise) => {
        const { entries } = await readChunks([Buffer.from(start, 'hex'), noise]);
        expect(entries).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('may end lines as Windows does', async () => {
    const entries = ownEntries(2);
    const { bytes } = write(linesOf(entries), '\r\n');
    expect(await read(bytes)).toEqual({ entries, damage: noDamage() });
  });

  test('may end without a line feed where the last line is whole', async () => {
    const entries = ownEntries(2);
    expect(await read(linesOf(entries).join('\n'))).toEqual({ entries, damage: noDamage() });
    expect(samplesIn(await read(smallLines.join('\n')))).toHaveLength(2);
  });

  test('may hold blank lines', async () => {
    const entries = ownEntries(2);
    expect(await read(`\n\n${linesOf(entries).join('\n \t\n\r\n')}\n\n`)).toEqual({ entries, damage: noDamage() });
  });

  test('may be those of a file on disk, longer than one read of it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'read-collection-'));
    try {
      const entries = ownEntries(50);
      const { bytes } = write(linesOf(entries));
      expect(bytes.length).toBeGreaterThan(256 * 1024);
      writeFileSync(join(directory, 'pcc.json'), bytes);
      const damage = noDamage();
      expect(await Array.fromAsync(readCollection(openFile(join(directory, 'pcc.json')), damage))).toEqual(entries);
      expect(damage).toEqual(noDamage());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('may be none', async () => {
    expect(await readChunks([])).toEqual({ entries: [], damage: noDamage() });
  });
});

describe('a bad line', () => {
  const bad = fc.constantFrom(
    'no JSON',
    '{"timestamp":1704067210,"fields":{"cpu_user":12',
    '{"timestamp":1704067210,"fields":{"cpu_user":null}}',
    '{"timestamp":"now","event":"x"}',
    '{"collection":9}',
    '{"timestamp":1767982248,"subsystem":"/proc/stat","measurement":"no kernel wrote this"}',
    '\0\0\0\0\0\0\0\0',
    '[]',
  );

  test('anywhere is counted with its number, and every other line is read', async () => {
    const entries = ownEntries(3);
    await fc.assert(
      fc.asyncProperty(fc.nat(entries.length), bad, async (at, text) => {
        const { entries: found, damage } = await read(`${linesOf(entries).toSpliced(at, 0, text).join('\n')}\n`);
        expect(found).toEqual(entries);
        expect(damage).toEqual({
          ...noDamage(),
          badLines: 1,
          examples: [{ line: at + 1, problem: expect.any(String) }],
        });
      }),
    );
  });

  test('behind blank lines has the number that an editor shows', async () => {
    const { damage } = await read('\n{"timestamp":1,"event":"x"}\r\n\r\nbad\n');
    expect(damage.examples).toEqual([{ line: 4, problem: 'not JSON: "bad"' }]);
    expect(damageSentences(damage)).toEqual(['line 4 was left out: not JSON: "bad"']);
  });

  test('is described ten times; the rest are counted', async () => {
    const { damage } = await read('bad\n'.repeat(25));
    expect(damage.badLines).toBe(25);
    expect(damage.examples.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(damageSentences(damage).at(-1)).toBe('15 more bad lines were left out');
  });

  test('where a line is longer than 64 MiB is passed over, and the rest is read', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const line = Buffer.from('{"timestamp":1,"event":"x"}\n');
    const { entries, damage } = await readChunks([line, ...Array(65).fill(mebibyte), Buffer.from('\n'), line]);
    expect(entries).toHaveLength(2);
    expect(damage.examples).toEqual([
      { line: 2, problem: `${65 * 1024 * 1024} bytes long, longer than any line of a collection` },
    ]);
  });
});

describe('raw lines', () => {
  const times = [1767982248, 1767982253, 1767982258];

  test('of one timestamp become one sample', async () => {
    const raw = rawLines(times);
    const reading = await read(raw.map(encodeLine).join(''));
    expect(samplesIn(reading)).toEqual(samplesOf(raw));
    expect(samplesIn(reading)[0]?.fields).toEqual(hostFields());
  });

  test('that cannot be parsed do not cost the others of their timestamp', async () => {
    const raw = rawLines(times);
    await fc.assert(
      fc.asyncProperty(fc.nat(raw.length - 1), async (at) => {
        const lines = raw.map((line, index) => (index === at ? { ...line, measurement: 'cpu  x' } : line));
        const reading = await read(lines.map(encodeLine).join(''));
        expect(samplesIn(reading)).toEqual(samplesOf(raw.toSpliced(at, 1)));
        expect(reading.damage.examples.map(({ line }) => line)).toEqual([at + 1]);
      }),
    );
  });

  test('say what could not be parsed, and what was expected', async () => {
    const { damage } = await read('{"timestamp":1,"subsystem":"/proc/loadavg","measurement":"what?"}\n');
    expect(damage.examples[0]?.problem).toMatch(/^cannot parse \/proc\/loadavg, line 1: got "what\?"; expected "0\.20/);
  });

  test('of files that no source reads are counted by name and cost nothing', async () => {
    const foreign = (timestamp: number, subsystem: string) => ({ timestamp, subsystem, measurement: 'x' });
    const raw = rawLines(times.slice(0, 2));
    const lines = [
      foreign(times[0] ?? 0, '/proc/slabinfo'),
      ...raw,
      foreign(times[1] ?? 0, '/proc/slabinfo'),
      foreign(times[2] ?? 0, '/proc/pagetypeinfo'),
    ];
    const reading = await read(lines.map(encodeLine).join(''));
    expect(samplesIn(reading)).toEqual(samplesOf(raw));
    expect(reading.damage).toEqual({
      ...noDamage(),
      unknownSubsystems: new Map([
        ['/proc/slabinfo', 2],
        ['/proc/pagetypeinfo', 1],
      ]),
    });
    expect(damageSentences(reading.damage)).toEqual([
      '2 measurements of "/proc/slabinfo" were left out: no source reads them',
      '1 measurements of "/proc/pagetypeinfo" were left out: no source reads them',
    ]);
  });

  test('that hold facts and no fields come as they are, before the sample of their time', async () => {
    const cpuinfo = { timestamp: 5, subsystem: '/proc/cpuinfo', measurement: host.readText('/proc/cpuinfo') };
    const [stat] = rawLines([5]);
    const text = [stat, cpuinfo].map((line) => (line ? encodeLine(line) : '')).join('');
    const { entries, damage } = await read(text);
    expect(entries.map(({ kind }) => kind)).toEqual(['facts', 'sample']);
    expect(entries[0]?.value).toEqual(cpuinfo);
    expect(damage).toEqual(noDamage());
    expect(processorsIn(cpuinfo)).toMatchObject({ cpus: 2 });
    expect(stat && processorsIn(stat)).toBeUndefined();
  });

  test('of one kernel file twice in a second give what was first', async () => {
    const loads = ['0.20', '0.90'].map((load) => ({
      ...{ timestamp: 5, subsystem: '/proc/loadavg', measurement: `${load} 0.18 0.12 1/80 11206\n` },
    }));
    const [sample, ...more] = samplesIn(await read(loads.map(encodeLine).join('')));
    expect(sample?.fields).toMatchObject({ loadavg_1min: 0.2 });
    expect(more).toEqual([]);
  });

  test('of facts that are none are bad lines', async () => {
    const { entries, damage } = await read(encodeLine({ timestamp: 5, subsystem: '/proc/cpuinfo', measurement: 'x' }));
    expect(entries).toEqual([]);
    expect(damage).toMatchObject({ badLines: 1 });
  });

  test('become a sample before the line of another kind that follows them', async () => {
    const [stat] = rawLines([5]);
    const text = `${stat ? encodeLine(stat) : ''}{"timestamp":6,"event":"x"}\n{"timestamp":7,"fields":{}}\n`;
    expect(
      (await read(text)).entries.map(({ kind, value }) => [kind, 'timestamp' in value && value.timestamp]),
    ).toEqual([
      ['sample', 5],
      ['event', 6],
      ['sample', 7],
    ]);
  });
});

describe('rawFields', () => {
  const raw = (subsystem: string, measurement: string) => ({ timestamp: 1, subsystem, measurement });

  test('reads every source by the name that raw collections give it', () => {
    expect(rawFields(raw('/proc/loadavg', '0.20 0.18 0.12 1/80 11206\n'))).toMatchObject({ loadavg_1min: 0.2 });
    expect(rawFields(raw('statfs[*]', '{"mount_point":"/","block_size":4096}\n'))).toEqual({ 'fs_/_block_size': 4096 });
    expect(rawFields(raw('container/docker/942b476921d8', '{"cpu_usage_usec":7}'))).toEqual({
      container_942b476921d8_cpu_usage_us: 7,
    });
  });

  test('is undefined where no source knows the name', () => {
    expect(rawFields(raw('/proc/slabinfo', 'x'))).toBeUndefined();
  });

  test('passes on why the text is none of that file', () => {
    expect(() => rawFields(raw('/proc/uptime', 'x'))).toThrow(
      expect.objectContaining({ name: 'LineError', cause: expect.any(ParseError) }),
    );
  });
});

describe('input that cannot be read', () => {
  const failAfter = async function* (lines: string, error: Error): AsyncGenerator<Uint8Array> {
    if (lines !== '') yield Buffer.from(lines);
    throw error;
  };
  const ioError = () => Object.assign(new Error('i/o error, read'), { code: 'EIO' });
  const line = '{"timestamp":1,"event":"x"}\n';

  test('to its end gives what came before, and why it broke off', async () => {
    const damage = noDamage();
    const entries = await Array.fromAsync(readCollection(failAfter(line.repeat(3), ioError()), damage));
    expect(entries).toHaveLength(3);
    expect(damage.broken).toBe('EIO: i/o error, read');
    expect(damageSentences(damage)).toEqual(['reading broke off: EIO: i/o error, read']);
  });

  test('to its end gives the raw sample that was being gathered', async () => {
    const raw = rawLines([1767982248]);
    const damage = noDamage();
    const entries = await Array.fromAsync(readCollection(failAfter(raw.map(encodeLine).join(''), ioError()), damage));
    expect(entries.map(({ value }) => value)).toEqual(samplesOf(raw));
    expect(damage.broken).toMatch(/^EIO/);
  });

  test('from its beginning fails', async () => {
    const reading = Array.fromAsync(readCollection(failAfter('', ioError()), noDamage()));
    await expect(reading).rejects.toMatchObject({ code: 'EIO' });
  });

  test('because of a bug of ours fails wherever it is', async () => {
    const reading = Array.fromAsync(readCollection(failAfter(line, new TypeError('a bug')), noDamage()));
    await expect(reading).rejects.toThrow(TypeError);
  });

  test('because it is not there, or is a directory, fails with the code of the file system', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'read-collection-'));
    try {
      await expect(Array.fromAsync(readCollection(openFile(directory), noDamage()))).rejects.toMatchObject({
        code: 'EISDIR',
      });
      const missing = readCollection(openFile(join(directory, 'no-such-file')), noDamage());
      await expect(Array.fromAsync(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
