import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { noDamage, openFile, readCollection, type Sample } from '@perfcollector/collection';
import { bin, hasUpstream, hostRoot, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { inputAt } from '../input/input.ts';
import { selectionOf } from '../input/options.ts';
import { header, START, sample, testPlace } from '../test-run.ts';
import { convertToRaw } from './convert-to-raw.ts';
import { describeRaw } from './describe-raw.ts';

const place = testPlace();
const selection = selectionOf({
  collection: undefined,
  identifier: undefined,
  from: undefined,
  to: undefined,
  machines: undefined,
  runs: undefined,
});

async function toRaw(paths: readonly string[], packing: '' | '.gz' | '.zst' = '') {
  const directory = place.dir();
  const io = {
    stdin: Readable.from([]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    signal: new AbortController().signal,
  };
  const done = await convertToRaw({
    inputs: paths.map((path) => inputAt(path, undefined)),
    selection,
    directory,
    packing,
    io,
  });
  return { ...done, directory, files: readdirSync(directory).toSorted() };
}

async function samplesIn(path: string): Promise<Sample[]> {
  const damage = noDamage();
  const entries = await Array.fromAsync(readCollection(openFile(path), damage));
  expect(damage).toEqual(noDamage());
  return entries.flatMap((entry) => (entry.kind === 'sample' ? [entry.value] : []));
}

const KNOWN = /^(cpu\d*_|stat_|mem_|disk_|net_(?!dev)|fs_|container_)/;

function known({ fields }: Sample) {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => KNOWN.test(name)));
}

describe('samples become raw lines of the same fields', () => {
  test.each(readdirSync(hostRoot('')))('of the host %s', async (host) => {
    const path = join(place.dir(), 'web01.json');
    const argv = ['--root', hostRoot(host), '--identifier', 'web01', '--frequency', '1s', '--duration', '1s'];
    execFileSync(bin('pcc'), [...argv, '--collection', path, '--sources', 'stat,meminfo,diskstats,net/dev,loadavg'], {
      stdio: 'ignore',
    });
    const { machines, problems } = await toRaw([path]);
    expect(problems).toEqual([]);
    const [before, after] = [await samplesIn(path), await samplesIn(machines[0]?.path ?? '')];
    expect(before.length).toBeGreaterThan(0);
    expect(after.map(({ fields }) => fields)).toEqual(before.map(known));
    expect(after.map(({ timestamp }) => timestamp)).toEqual(before.map(({ timestamp }) => Math.floor(timestamp)));
    expect(machines[0]?.fields_left_out).toContainEqual({ source: 'loadavg', fields: 6 });
  });

  test('of this host, with its file systems', async () => {
    const path = join(place.dir(), 'web01.json');
    execFileSync(bin('pcc'), ['--identifier', 'web01', '--frequency', '1s', '--duration', '2s', '--collection', path], {
      stdio: 'ignore',
    });
    const { machines, files } = await toRaw([path], '.zst');
    expect(files).toEqual(['web01.json.zst']);
    const [before, after] = [await samplesIn(path), await samplesIn(machines[0]?.path ?? '')];
    expect(after.map(({ fields }) => fields)).toEqual(before.map(known));
    expect(Object.keys(after[0]?.fields ?? {}).some((name) => name.startsWith('fs_'))).toBe(true);
  });

  test.skipIf(!hasUpstream).each(['containers/container_collection.json', 'azure-suse/pcc_collection.json'])(
    'of perfcollector2\u2019s own, made samples of and raw lines again: %s',
    async (name) => {
      const samples = await samplesIn(upstream(name));
      const ours = place.file(
        'm.json',
        samples.map(({ timestamp, fields }) => sample(timestamp, fields)),
      );
      const { machines } = await toRaw([ours]);
      expect(machines[0]?.fields_left_out).toEqual([]);
      expect(await samplesIn(machines[0]?.path ?? '')).toEqual(samples);
    },
  );

  test('counts above 2^53 to the last digit', async () => {
    const fields = {
      mem_total: '18446744073709551615',
      ...Object.fromEntries(['user', 'nice', 'system', 'idle'].map((stat) => [`cpu_${stat}`, '9007199254740993'])),
    };
    const { machines } = await toRaw([place.file('m.json', [sample(START, fields)])]);
    expect((await samplesIn(machines[0]?.path ?? ''))[0]?.fields).toEqual(fields);
  });
});

test.skipIf(!hasUpstream)('raw lines stay as they are, in the order of time, nothing twice', async () => {
  const text = readFileSync(upstream('azure-cpuinfo/loadtest-cpuinfo.json'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  const seconds = [...Map.groupBy(lines, (line) => JSON.parse(line).timestamp).values()];
  const input = place.file('vm.json', [...seconds.slice(8), ...seconds.slice(0, 10)].flat());
  const { machines, files } = await toRaw([input]);
  expect(files).toEqual(['vm.json']);
  expect(readFileSync(machines[0]?.path ?? '', 'utf8') === text).toBe(true);
});

describe('what raw lines cannot hold is left out and said', () => {
  const whole = { cpu_user: 1, cpu_nice: 2, cpu_system: 3, cpu_idle: 4 };

  test('events, samples within a second, fields of other sources', async () => {
    const lines = [
      header('r'),
      ...[0.1, 0.6, 1.2].map((at) => sample(START + at, { ...whole, loadavg_1min: 1, foreign: 'x' })),
      JSON.stringify({ timestamp: START, run: 'r', event: 'deploy' }),
    ];
    const done = await toRaw([place.file('m.json', lines)]);
    expect(done.machines).toEqual([
      {
        machine: 'm',
        path: join(done.directory, 'm.json'),
        lines: 2,
        samples: 2,
        thinned: 1,
        events_left_out: 1,
        fields_left_out: [
          { source: 'loadavg', fields: 1 },
          { source: null, fields: 1 },
        ],
      },
    ]);
    expect(describeRaw(done)).toBe(
      `m: 2 raw lines in ${done.directory}/m.json\n` +
        '  1 sample within the second of another left out\n' +
        '  1 event left out\n' +
        '  fields left out: 1 of loadavg, 1 of unknown sources\n',
    );
  });

  test('names and values that the kernel does not print', async () => {
    const disk = Object.fromEntries(
      [
        'reads',
        'reads_merged',
        'read_sectors',
        'read_ms',
        'writes',
        'writes_merged',
        'write_sectors',
        'write_ms',
        'in_flight',
        'io_ms',
        'weighted_io_ms',
      ].map((stat) => [stat, 1]),
    );
    const named = (name: string) =>
      Object.fromEntries(Object.entries(disk).map(([stat, value]) => [`disk_${name}_${stat}`, value]));
    const fields = { ...whole, cpu1_user: -1, mem_free: 5, ...named('sda'), ...named('a b'), ...named('x\n8 0 sdb') };
    const { machines } = await toRaw([place.file('m.json', [sample(START, fields)])]);
    expect((await samplesIn(machines[0]?.path ?? ''))[0]?.fields).toEqual({ ...whole, ...named('sda') });
  });

  test('two samples of one time are one', async () => {
    const { machines } = await toRaw([place.file('m.json', [sample(START, whole), sample(START, { mem_total: 1 })])]);
    expect((await samplesIn(machines[0]?.path ?? '')).map(({ fields }) => fields)).toEqual([
      { ...whole, mem_total: 1 },
    ]);
  });

  test('nothing at all is refused', async () => {
    await expect(toRaw([place.file('m.json', [sample(START, { loadavg_1min: 1 })])])).rejects.toThrow(
      /m: it has nothing that raw lines could hold/,
    );
  });
});

test('machines have files of their own, and a file that is there is not written over', async () => {
  const lines = ['a', 'b'].map((machine) => sample(START, { mem_total: 1 }, { machine }));
  const { files, directory } = await toRaw([place.file('both.json', lines)]);
  expect(files).toEqual(['a.json', 'b.json']);
  writeFileSync(join(directory, 'b.json'), 'mine');
  const io = {
    stdin: Readable.from([]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    signal: new AbortController().signal,
  };
  const again = convertToRaw({
    inputs: [inputAt(place.file('b.json', lines), undefined)],
    selection,
    directory,
    packing: '',
    io,
  });
  await expect(again).rejects.toThrow(/is there already/);
  expect(readFileSync(join(directory, 'b.json'), 'utf8')).toBe('mine');
  expect(readdirSync(directory)).toHaveLength(2);
});
