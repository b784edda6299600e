import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Damage,
  damageSentences,
  noDamage,
  openFile,
  readCollection,
  type Sample,
} from '@perfcollector/collection';
import { bin, hostRoot } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numberedSample } from './test-sink-until-killed.ts';

const PROGRAM = fileURLToPath(new URL('./test-sink-until-killed.ts', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pcc-crash-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Lets the program add samples and kills it after so many; gives the numbers that the sink had taken. */
async function addAndKill(argv: readonly string[], after: number): Promise<number[]> {
  const child = spawn(process.execPath, [PROGRAM, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return said.split('\n').slice(0, -1).map(Number);
}

/** What a shell's `*` names. */
const files = (): string[] => readdirSync(directory).filter((name) => !name.startsWith('.'));

async function readAll(): Promise<{ samples: Sample[]; damages: Damage[]; told: string[] }> {
  const samples: Sample[] = [];
  const damages: Damage[] = [];
  const told: string[] = [];
  for (const name of files()) {
    const damage = noDamage();
    const before = samples.length;
    for await (const entry of readCollection(openFile(join(directory, name)), damage))
      if (entry.kind === 'sample') samples.push(entry.value);
    damages.push(damage);
    // Killed when a file had just been begun.
    const sentences = [...(samples.length === before ? ['it holds no sample'] : []), ...damageSentences(damage)];
    told.push(...sentences.map((said) => `pcprocess: ${join(directory, name)}: ${said}\n`));
  }
  return { samples, damages, told };
}

describe.each([
  { name: 'c.json', limit: [] },
  { name: 'c.json.gz', limit: [] },
  { name: 'c.json.zst', limit: [] },
  { name: 'c.json', limit: ['20KiB'] },
  { name: 'c.json.zst', limit: ['4KiB'] },
])('a kill -9 while $name is written (limit: $limit)', ({ name, limit }) => {
  test('costs no sample that was taken, and none is there twice', async () => {
    const taken: number[] = [];
    for (const round of [0, 1, 2]) {
      const argv = [join(directory, name), String(round * 1_000_000), ...limit];
      taken.push(...(await addAndKill(argv, 1 + Math.floor(Math.random() * 400))));
      const { samples, damages } = await readAll();
      const seqs = samples.map(({ seq }) => seq ?? -1);
      expect(taken.filter((seq) => !seqs.includes(seq))).toEqual([]);
      expect(new Set(seqs).size).toBe(seqs.length);
      for (const sample of samples) expect(sample).toEqual(numberedSample(sample.run ?? '', sample.seq ?? -1));
      expectTears(damages, round + 1);
    }
    if (limit.length > 0) expect(files().length).toBeGreaterThan(3);
    await expectConverted();
  });
});

/** A write that crosses a page may be cut there by a kill: a line that was not taken yet, at most one a kill. */
function expectTears(damages: readonly Damage[], most: number): void {
  const tears = damages.map((damage) => damage.badLines + damage.holeCount + (damage.tornBytes > 0 ? 1 : 0));
  expect(tears.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(most);
  for (const damage of damages) expect(damage.broken).toBeUndefined();
}

/** pcprocess has a row for each sample, and says exactly what is torn, if anything is. */
async function expectConverted(): Promise<void> {
  const { samples, told } = await readAll();
  const names = files().map((name) => join(directory, name));
  const argv = [...names, '--outdir', join(directory, '.csv')];
  const { status, stdout, stderr } = spawnSync(bin('pcprocess'), argv, { encoding: 'utf8' });
  expect(Number(/: (\d+) rows/.exec(stdout)?.[1])).toBe(samples.length);
  expect([status, stderr]).toEqual([told.length > 0 ? 1 : 0, told.join('')]);
}

test.each([
  ['c.json', []],
  ['c.json.zst', ['--fsync', 'always']],
  ['c.json', ['--rotate', '30KiB']],
] as const)('a pcc that is killed again and again leaves a whole %s %j', async (name, more) => {
  const argv = ['--root', hostRoot('debian12-6.1-aarch64'), '--collection', join(directory, name), ...more];
  for (const _ of [0, 1]) {
    const child = spawn(bin('pcc'), [...argv, '--frequency', '10ms'], { stdio: 'ignore' });
    const watcher = watch(directory);
    for (let changes = 20 + Math.random() * 20; changes > 0; changes--) await once(watcher, 'change');
    watcher.close();
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  const { samples, damages } = await readAll();
  expectTears(damages, 2);
  expect(samples.length).toBeGreaterThan(3);
  await expectConverted();
});
