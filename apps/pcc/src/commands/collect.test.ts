import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Header, noDamage, openFile, readCollection, type Sample } from '@perfcollector/collection';
import { bin, canMount, hostRoot, smallDisk } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPcc } from '../test-run.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function read(
  path: string,
): Promise<{ headers: Header[]; samples: Sample[]; damage: ReturnType<typeof noDamage> }> {
  const headers: Header[] = [];
  const samples: Sample[] = [];
  const damage = noDamage();
  for await (const entry of readCollection(openFile(path), damage)) {
    if (entry.kind === 'header') headers.push(entry.value);
    if (entry.kind === 'sample') samples.push(entry.value);
  }
  return { headers, samples, damage };
}

/** Each tick at most once and in order; on a busy machine some may be missed, and then their numbers are missing. */
function expectTicks(samples: readonly Sample[], most: number): void {
  const seqs = samples.map(({ seq }) => seq ?? 0);
  expect(seqs.length).toBeGreaterThan(0);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(seqs.at(0)).toBe(1);
  expect(seqs.at(-1)).toBeLessThanOrEqual(most);
}

/** What was said, but for what this kernel lacks and what a busy machine missed: other machines do not say it. */
function saidOfAll(stderr: string): string {
  return stderr.replace(/^pcc: (not available here: .*|warn: \d+ ticks? (was|were) missed: .*)\n/gm, '');
}

const HOST = 'rocky8-4.18-x86_64';
/** Sources that no Linux host is without, so that none is said to be missing. */
const everywhere = { PCC_SOURCES: 'stat,meminfo,uptime' };
const fast = { PCC_FREQUENCY: '20ms', PCC_DURATION: '100ms' };

describe('pcc in local mode', () => {
  test('writes a header and one sample a tick, at multiples of the interval', async () => {
    const path = join(directory, 'c.json');
    const { code, stderr } = await runPcc([], { env: { ...fast, ...everywhere, PCC_COLLECTION: path } });
    const { headers, samples, damage } = await read(path);
    expect(code).toBe(0);
    expect(saidOfAll(stderr)).toBe(`pcc: ${samples.length} samples in ${path}\n`);
    expect(damage).toEqual(noDamage());
    expect(headers).toMatchObject([{ collection: 1, interval: 0.02, agent: 'pcc 1.0.0', labels: {} }]);
    expect(headers[0]?.host).toMatchObject({
      clock_ticks: 100,
      cpus: expect.any(Number),
      boot_time: expect.any(Number),
    });
    expectTicks(samples, 5);
    expect(new Set(samples.map(({ run }) => run))).toEqual(new Set([headers[0]?.run]));
    for (const { timestamp } of samples) expect(Math.round(timestamp * 1000) / 1000).toBe(timestamp);
  });

  test('appends a run behind an earlier one, on a line of its own even if that one was torn', async () => {
    const path = join(directory, 'c.json');
    await runPcc(['--collection', path], { env: fast });
    appendFileSync(path, '{"timestamp":17');
    await runPcc(['--collection', path], { env: fast });
    const { headers, samples, damage } = await read(path);
    expect(headers.map(({ run }) => run)).toEqual([...new Set(samples.map(({ run }) => run))]);
    expect(headers).toHaveLength(2);
    expect(damage.badLines).toBe(1);
  });

  test.each(['.gz', '.zst'])('writes %s files that grow by whole pieces', async (ending) => {
    const path = join(directory, `c.json${ending}`);
    await runPcc(['--collection', path], { env: fast });
    await runPcc(['--collection', path], { env: fast });
    const { headers, samples, damage } = await read(path);
    expect(headers.map(({ run }) => run)).toEqual([...new Set(samples.map(({ run }) => run))]);
    expect([headers.length, damage]).toEqual([2, noDamage()]);
  });

  test.each(['.gz', '.zst'])('goes on behind the torn end of a %s file, which is left as it is', async (ending) => {
    const path = join(directory, `c.json${ending}`);
    await runPcc(['--collection', path], { env: fast });
    const before = await read(path);
    truncateSync(path, readFileSync(path).length - 9);
    const torn = readFileSync(path);
    const { code, stderr } = await runPcc(['--collection', path], { env: fast });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^pcc: \d+ samples in /m)]);
    expect(readFileSync(path).subarray(0, torn.length)).toEqual(torn);
    const { headers, samples, damage } = await read(path);
    expect(headers).toHaveLength(2);
    expect(samples.slice(0, before.samples.length - 1)).toEqual(before.samples.slice(0, -1));
    expect(new Set(samples.slice(before.samples.length - 1).map(({ run }) => run))).toEqual(new Set([headers[1]?.run]));
    expect(damage).toMatchObject({ holeCount: 1, badLines: 0, tornBytes: 0 });
  });

  test('names the machine by PCC_IDENTIFIER, by a file, or by its host name where it has no machine-id', async () => {
    const root = join(directory, 'host');
    cpSync(hostRoot(HOST), root, { recursive: true });
    const path = join(directory, 'c.json');
    const identifierOf = async (env: Record<string, string>) => {
      rmSync(path, { force: true });
      const ran = await runPcc(['--root', root, '--collection', path], { env: { ...fast, ...env } });
      const { headers, samples } = await read(path);
      expect(samples[0]?.tags).toEqual({ machine_id: headers[0]?.identifier });
      return [headers[0]?.identifier, ran.stderr.includes('host name')];
    };
    expect(await identifierOf({})).toEqual(['80000000000040008000000000000002', false]);
    expect(await identifierOf({ PCC_IDENTIFIER: 'web01' })).toEqual(['web01', false]);
    writeFileSync(join(root, 'etc/name'), 'db07\n');
    expect(await identifierOf({ PCC_IDENTIFIER: '/etc/name' })).toEqual(['db07', false]);
    rmSync(join(root, 'etc/machine-id'));
    expect(await identifierOf({})).toEqual(['rocky8.example.com', true]);
  });

  test('says once what is absent or damaged, and samples the rest', async () => {
    const root = join(directory, 'host');
    cpSync(hostRoot(HOST), root, { recursive: true });
    rmSync(join(root, 'proc/vmstat'));
    rmSync(join(root, 'proc/uptime'));
    writeFileSync(join(root, 'proc/loadavg'), 'nonsense\n');
    const path = join(directory, 'c.json');
    const { code, stderr } = await runPcc(['--root', root, '--collection', path], { env: fast });
    const { samples } = await read(path);
    expect(code).toBe(0);
    expect(stderr.match(/^pcc: not available here: .*\buptime, vmstat\b.* \(pcc sources tells why\)$/gm)).toHaveLength(
      1,
    );
    expect(stderr.match(/not available/g)).toHaveLength(1);
    expect(stderr.match(/loadavg is left out: cannot parse \/proc\/loadavg.*"nonsense/g)).toHaveLength(1);
    expectTicks(samples, 5);
    expect(samples[0]?.fields).toMatchObject({ mem_total: 32605816, disk_nvme0n1_reads: 9125598 });
    expect(samples[0]?.fields).not.toHaveProperty('loadavg_1min');
  });

  test('ends cleanly on SIGTERM: everything sampled is in the file', async () => {
    const path = join(directory, 'c.json');
    writeFileSync(path, '');
    const child = spawn(bin('pcc'), ['--collection', path, '--frequency', '20ms'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...everywhere },
    });
    const watcher = watch(path);
    while (readFileSync(path, 'utf8').split('\n').length < 10) await once(watcher, 'change');
    watcher.close();
    child.kill('SIGTERM');
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    const { samples, damage } = await read(path);
    expect(code).toBe(0);
    expect(damage).toEqual(noDamage());
    expect(saidOfAll(said)).toBe(`pcc: ${samples.length} samples in ${path}\n`);
  });

  test.skipIf(!canMount)(
    'keeps samples in memory while the disk is full and writes them when there is room',
    async () => {
      const disk = smallDisk('size=64k');
      const [path, ballast] = [join(disk, 'c.json'), join(disk, 'ballast')];
      writeFileSync(path, '');
      writeFileSync(ballast, Buffer.alloc(56 * 1024));
      const stop = new AbortController();
      const argv = ['--root', hostRoot(HOST), '--collection', path, '--frequency', '10ms'];
      const running = runPcc(argv, { signal: stop.signal });
      while (readFileSync(path).length < 8 * 1024) await new Promise(setImmediate);
      rmSync(ballast);
      const watcher = watch(path);
      while (readFileSync(path).length < 24 * 1024) await once(watcher, 'change');
      watcher.close();
      stop.abort();
      const { code, stderr } = await running;
      const { samples, damage } = await read(path);
      expect(stderr).toMatch(/error: cannot write .*: the disk is full; samples wait in memory/);
      expect(stderr).toMatch(/can be written again/);
      expect(damage).toEqual(noDamage());
      expect(stderr).toContain(`${samples.length} samples in ${path}`);
      expect(code).toBe(0);
    },
  );
});

describe('pcc used wrongly', () => {
  test.each([
    ['an interval of 0', { PCC_FREQUENCY: '0' }, 2, /PCC_FREQUENCY: 0 is too short; expected 10ms or more/],
    ['an interval below 10 ms', { PCC_FREQUENCY: '9ms' }, 2, /PCC_FREQUENCY: 9ms is too short/],
    [
      'a duration that is none',
      { PCC_DURATION: 'banana' },
      2,
      /PCC_DURATION: "banana" is no duration; expected one such as 250ms/,
    ],
    ['an infinite interval', { PCC_FREQUENCY: 'infinity' }, 2, /the interval cannot be infinite/],
    [
      'a duration below the interval',
      { PCC_FREQUENCY: '10s', PCC_DURATION: '1s' },
      2,
      /the duration \(1s\) is shorter than the interval \(10s\): no sample would fall into it/,
    ],
    ['a file limit that is none', { PCC_ROTATE: '64MB' }, 2, /PCC_ROTATE: "64MB" is no size or duration; expected one/],
    ['a file limit of nothing', { PCC_ROTATE: '0' }, 2, /PCC_ROTATE: 0 is too small; expected 4KiB or more/],
    ['a file limit of no time', { PCC_ROTATE: '10ms' }, 2, /PCC_ROTATE: 10ms is too short; expected 1s or more/],
    ['an endless file limit', { PCC_ROTATE: 'infinity' }, 2, /PCC_ROTATE: "infinity" is no size or duration/],
    ['an unknown way to sync', { PCC_FSYNC: 'often' }, 2, /PCC_FSYNC: "often" is not known; expected always, interval/],
    ['an unknown mode', { PCC_MODE: 'remote' }, 2, /PCC_MODE: "remote" is not known; expected local, trickle/],
    ['trickling without a server', { PCC_MODE: 'trickle' }, 2, /trickle mode needs a server\n {2}Set PCC_SERVER/],
    ['trickling without a key', { PCC_MODE: 'trickle', PCC_SERVER: 'http://127.0.0.1:1' }, 2, /needs an API key/],
    ['an identifier with slashes', { PCC_IDENTIFIER: 'a/b' }, 2, /the identifier "a\/b" cannot be used/],
    ['an identifier of 10 kB', { PCC_IDENTIFIER: 'a'.repeat(10_000) }, 2, /the identifier is 10000 characters long/],
    [
      'a directory for the file',
      { PCC_COLLECTION: '/tmp' },
      1,
      /cannot write the collection \/tmp: it is a directory\n {2}Name a file/,
    ],
    [
      'a file in no directory',
      { PCC_COLLECTION: '/nowhere/c.json' },
      1,
      /cannot write the collection \/nowhere\/c.json: no such file/,
    ],
  ])('%s is told in a sentence', async (_, env, code, message) => {
    const ran = await runPcc([], { env: { PCC_COLLECTION: join(directory, 'c.json'), ...fast, ...env } });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(message);
  });
});

test('a file of variables is read by pcc, not by the runtime below it', () => {
  const file = join(directory, 'pcc.env');
  writeFileSync(file, `PCC_COLLECTION=${join(directory, 'c.json')}\nPCC_FREQUENCY=20ms\nPCC_DURATION=20ms\n`);
  expect(spawnSync(bin('pcc'), ['--env-file', file]).status).toBe(0);
  const missing = spawnSync(bin('pcc'), ['--env-file', join(directory, 'none')], { encoding: 'utf8' });
  expect(missing.status).toBe(1);
  expect(missing.stderr).toMatch(/^pcc: cannot read the variables in .*none: no such file or directory/);
});
