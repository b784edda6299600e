import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { plainSettings } from '../../test-sampling.ts';
import { parseStatfs } from './parse.ts';
import { openStatfs } from './read.ts';

/** Others use these disks while the test runs; so much of a file system may change between two calls. */
const TOLERANCE = 0.02;

async function readOwn(): Promise<{ text: string; problems: string[] }> {
  const problems: string[] = [];
  const open = openStatfs(openHost(), plainSettings);
  await open.sample(new FieldCollector(), (problem) => problems.push(problem));
  const [raw] = (await open.rawTexts?.()) ?? [];
  return { text: raw?.text ?? '', problems };
}

/** Mount points by a way of their own: the part of the JSON that is wanted, not the parser's. */
function mountPointsIn(text: string): string[] {
  return [...text.matchAll(/^\{"mount_point":("(?:[^"\\]|\\.)*")/gm)].map(
    ([, json = '']) => JSON.parse(json) as string,
  );
}

/** Mounts of local disks, by the older list of mounts. */
function diskMounts(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => /^\/dev\/\S+ [^\\ ]+ (ext[234]|xfs|vfat) /.test(line))
    .map((line) => line.split(' ')[1] ?? '');
}

function isClose(got: number, want: number, whole: number): boolean {
  return Math.abs(got - want) <= Math.max(whole * TOLERANCE, 1);
}

describe('the file systems of this host', () => {
  test('are all its disks, each once', async () => {
    const devices = mountPointsIn((await readOwn()).text).map((path) => statSync(path).dev);
    expect(new Set(devices).size).toBe(devices.length);
    expect(diskMounts().filter((path) => !devices.includes(statSync(path).dev))).toStrictEqual([]);
  });

  test.skipIf(diskMounts().length === 0)('hold what statfs says', async () => {
    const { text, problems } = await readOwn();
    const fields = parseStatfs(text);
    for (const path of mountPointsIn(text)) {
      const want = statfsSync(path);
      const value = (stat: string) => Number(fields[`fs_${path}_${stat}`]);
      expect(value('block_size')).toBe(want.frsize || want.bsize);
      expect(value('blocks_total')).toSatisfy((got: number) => isClose(got, want.blocks, want.blocks));
      expect(value('blocks_free')).toSatisfy((got: number) => isClose(got, want.bfree, want.blocks));
      expect(value('blocks_available')).toSatisfy((got: number) => isClose(got, want.bavail, want.blocks));
      expect(value('files_total')).toSatisfy((got: number) => isClose(got, want.files, want.files));
      expect(value('files_free')).toSatisfy((got: number) => isClose(got, want.ffree, want.files));
    }
    expect(problems).toStrictEqual([]);
    expect(Object.keys(fields)).toHaveLength(6 * mountPointsIn(text).length);
  });

  test.skipIf(diskMounts().length === 0)('are as large and as full as df says', async () => {
    const { text } = await readOwn();
    const fields = parseStatfs(text);
    for (const path of mountPointsIn(text)) {
      const bytes = (stat: string) => Number(fields[`fs_${path}_${stat}`]) * Number(fields[`fs_${path}_block_size`]);
      const { total, used, available } = df(path);
      expect(bytes('blocks_total')).toSatisfy((got: number) => isClose(got, total, total));
      expect(bytes('blocks_total') - bytes('blocks_free')).toSatisfy((got: number) => isClose(got, used, total));
      expect(bytes('blocks_available')).toSatisfy((got: number) => isClose(got, available, total));
    }
  });

  test('are read again each tick', async () => {
    const answers = [await readOwn(), await readOwn(), await readOwn()].map(({ text }) => mountPointsIn(text));
    expect(answers[1]).toStrictEqual(answers[0]);
    expect(answers[2]).toStrictEqual(answers[0]);
    expect(answers[0]).not.toContain('/proc');
  });
});

describe('the file systems of a host below another root', () => {
  test("are unavailable where they are not mounted, and never this host's", async () => {
    const root = mkdtempSync(join(tmpdir(), 'statfs-'));
    try {
      const own = readFileSync('/proc/self/mountinfo', 'utf8');
      for (const pid of ['self', '1']) {
        mkdirSync(join(root, 'proc', pid), { recursive: true });
        writeFileSync(join(root, 'proc', pid, 'mountinfo'), own);
        const reading = (async () =>
          openStatfs(openHost(root), plainSettings).sample(new FieldCollector(), () => {}))();
        await expect(reading).rejects.toThrow(SourceError);
        await expect(reading).rejects.toMatchObject({ reason: 'unavailable', message: expect.stringContaining(root) });
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

/** Bytes. The kernel's numbers times 1024, so that a busybox without -B does it too. */
function df(path: string): { total: number; used: number; available: number } {
  const lines = execFileSync('df', ['-Pk', path], { encoding: 'utf8' }).trim().split('\n');
  const [, total, used, available] = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s/.exec(lines.at(-1) ?? '') ?? [];
  return { total: Number(total) * 1024, used: Number(used) * 1024, available: Number(available) * 1024 };
}
