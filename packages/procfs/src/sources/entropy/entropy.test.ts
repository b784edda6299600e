import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { sampleOf } from '../../test-sampling.ts';
import { entropySource } from './index.ts';

const made = mkdtempSync(join(tmpdir(), 'entropy-'));
afterAll(() => rmSync(made, { recursive: true }));

function hostWith(name: string, files: Record<string, string>) {
  const directory = join(made, name, 'proc/sys/kernel/random');
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  return openHost(join(made, name));
}

test('both files are read', async () => {
  const host = hostWith('both', { entropy_avail: '3741\n', poolsize: '4096\n', uuid: 'x\n' });
  expect((await sampleOf(entropySource, host)).fields).toStrictEqual({ entropy_avail: 3741, entropy_poolsize: 4096 });
});

test('one alone is read', async () => {
  const host = hostWith('one', { entropy_avail: '256\n' });
  expect((await sampleOf(entropySource, host)).fields).toStrictEqual({ entropy_avail: 256 });
});

test('there is nothing to read where the host has no such directory', async () => {
  const sampling = sampleOf(entropySource, openHost(join(made, 'none')));
  await expect(sampling).rejects.toMatchObject({ reason: 'unavailable' });
});

test.each(['', 'x\n', '-1\n', '12x\n'])('a file that holds %j is refused', async (text) => {
  const sampling = sampleOf(entropySource, hostWith(`bad ${text.length}${text.trim()}`, { entropy_avail: text }));
  await expect(sampling).rejects.toThrow(ParseError);
  await expect(sampling).rejects.toThrow(/entropy_avail, line 1: .*; expected a count/);
});
