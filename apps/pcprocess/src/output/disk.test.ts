import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canMount, smallDisk } from '@perfcollector/testing';
import { expect, onTestFinished, test } from 'vitest';
import { runPcprocess, START, sample, series, testPlace, textOf } from '../test-run.ts';

const place = testPlace();

/** About 600 kB of samples. */
const large = Array.from({ length: 300 }, (_, at) => sample(START + at, { label: 'x'.repeat(2000) }));

test('a directory where the CSV should go is told, and no half one is left', async () => {
  const outdir = place.dir();
  mkdirSync(join(outdir, 'm.csv'));
  const { code, stdout, stderr } = await runPcprocess([place.file('c.json', series({ a: 1 })), '--outdir', outdir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`pcprocess: cannot write ${outdir}/m.csv: it is a directory\n  Name a file.\n`);
  expect(readdirSync(outdir)).toEqual(['m.csv']);
});

test.skipIf(!canMount)('a full disk is told; the CSV that was there stays, and no half one', async () => {
  const outdir = smallDisk('size=64k');
  writeFileSync(join(outdir, 'm.csv'), 'before');
  const { code, stdout, stderr } = await runPcprocess([place.file('c.json', large), '--outdir', outdir, '--force']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `pcprocess: cannot write ${outdir}/m.csv: the disk is full\n  Make room, or choose a path on another disk.\n`,
  );
  expect(readdirSync(outdir)).toEqual(['m.csv']);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe('before');
});

test.skipIf(!canMount)('a disk that is full for one of many machines leaves no half CSV of any', async () => {
  const outdir = smallDisk('size=128k');
  const others = ['a', 'b', 'c'].map((machine) => sample(START, { a: 1 }, { machine }));
  const { code, stderr } = await runPcprocess([place.file('c.json', [...others, ...large]), '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stderr).toContain('m.csv: the disk is full');
  expect(readdirSync(outdir)).toEqual([]);
});

test.skipIf(!canMount)('a disk that is too full for standard input is told, and nothing of it stays', async () => {
  const outdir = smallDisk('size=64k');
  const { code, stderr } = await runPcprocess(['-', '--outdir', outdir], { stdin: textOf(large) });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^pcprocess: there is nothing to convert in -\ncannot put standard input aside in .*: the disk is full\n/,
  );
  expect(readdirSync(outdir)).toEqual([]);
});

test.skipIf(!canMount)('a read-only file system is told', async () => {
  const outdir = smallDisk('ro');
  const { code, stderr } = await runPcprocess([place.file('c.json', series({ a: 1 })), '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot write ${outdir}/quality.csv: the file system is read-only`);
});

test('an interruption before the beginning leaves nothing', async () => {
  const outdir = place.dir();
  const signal = AbortSignal.abort('SIGINT');
  const { code, stdout } = await runPcprocess([place.file('c.json', large), '--outdir', outdir], { signal });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(readdirSync(outdir)).toEqual([]);
});

test('an interruption in the middle leaves what was there before and nothing else', async () => {
  const outdir = place.dir();
  writeFileSync(join(outdir, 'm.csv'), 'before');
  const file = place.file('c.json', Array<string[]>(20).fill(large).flat());
  const stop = new AbortController();
  const watcher = watch(outdir, (_, name) => {
    if (name?.startsWith('.m.csv.')) stop.abort('SIGINT');
  });
  onTestFinished(() => watcher.close());
  const { code, stdout, stderr } = await runPcprocess([file, '--outdir', outdir, '--force'], { signal: stop.signal });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('pcprocess: interrupted: nothing was written\n');
  expect(readdirSync(outdir)).toEqual(['m.csv']);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe('before');
});
