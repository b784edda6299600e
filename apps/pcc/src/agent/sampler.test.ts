import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SampleLine } from '@perfcollector/collection';
import { openHost, sources } from '@perfcollector/procfs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseSample } from './parse-sample.ts';
import { Sampler } from './sampler.ts';

const SETTINGS = { include: new Set<never>(), cgroups: false, top: 0, cmdline: false };
const LOADAVG = '0.20 0.18 0.12 1/80 11206\n';

let root = '';
let said: string[] = [];
let sampler: Sampler;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  root = mkdtempSync(join(tmpdir(), 'sampler-'));
  mkdirSync(join(root, 'proc'));
  said = [];
  const say = (...words: unknown[]) => void said.push(String(words.at(-1)));
  const log = { debug: say, info: say, warn: say, error: say };
  const chosen = sources.filter(({ name }) => name === 'loadavg');
  sampler = new Sampler({ host: openHost(root), sources: chosen, settings: SETTINGS, log });
});

afterEach(() => {
  sampler.close();
  rmSync(root, { recursive: true });
  vi.useRealTimers();
});

async function fieldsAfter(ms: number): Promise<string[]> {
  vi.advanceTimersByTime(ms);
  const line = new SampleLine();
  line.begin({ timestamp: 1, run: 'r', seq: 1, machineId: 'm' });
  await sampler.sampleInto(line);
  return Object.keys(parseSample(line.finish()).fields);
}

test('a source that is gone for a moment is read again soon, one that is never there now and then', async () => {
  const file = join(root, 'proc/loadavg');
  writeFileSync(file, LOADAVG);
  expect(await fieldsAfter(0)).not.toStrictEqual([]);
  rmSync(file);
  expect(await fieldsAfter(1000)).toStrictEqual([]);
  writeFileSync(file, LOADAVG);
  expect(await fieldsAfter(1000)).not.toStrictEqual([]);
  rmSync(file);
  for (let minute = 0; minute < 8; minute += 1) await fieldsAfter(60_000);
  writeFileSync(file, LOADAVG);
  expect(await fieldsAfter(30_000)).toStrictEqual([]);
  expect(await fieldsAfter(30_000)).not.toStrictEqual([]);
});

test('a damaged text is said once, though it is another one at every tick', async () => {
  for (let tick = 0; tick < 5; tick += 1) {
    writeFileSync(join(root, 'proc/loadavg'), `${tick}\n`);
    expect(await fieldsAfter(1000)).toStrictEqual([]);
  }
  expect(said).toStrictEqual([expect.stringMatching(/^loadavg is left out: cannot parse .*got "0"/)]);
});
