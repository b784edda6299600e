import { spawnSync } from 'node:child_process';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bin } from '@perfcollector/testing';
import { expect, test } from 'vitest';
import { START, sample, testPlace } from './test-run.ts';

const place = testPlace();
const MIB = 1024 * 1024;
const DISKS = Array.from({ length: 100 }, (_, at) => `disk_sd${at}_reads`);

function* samples(count: number): Generator<string> {
  for (let tick = 0; tick < count; tick++) {
    const disks = DISKS.map((name, at) => [name, (tick + 1) * (at + 1)]);
    yield `${sample(START + tick, { cpu_user: 3 * tick, cpu_idle: 7 * tick, ...Object.fromEntries(disks) })}\n`;
  }
}

/** At its end the program says how much memory it took at most, in KiB. */
const REPORT = `--import=data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))`;

/** Converts a collection of so many samples in a process with little room for objects. */
async function convert(count: number) {
  const path = join(place.dir(), 'c.json');
  await pipeline(Readable.from(samples(count)), createWriteStream(path));
  const { size } = statSync(path);
  const env = { ...process.env, NODE_OPTIONS: `--max-old-space-size=48 ${REPORT}` };
  const argv = [path, '--outdir', place.dir()];
  const { status, stdout, stderr } = spawnSync(bin('pcprocess'), argv, { env, encoding: 'utf8' });
  rmSync(path);
  return { status, rows: Number(/: (\d+) rows/.exec(stdout)?.[1]), bytes: size, memory: Number(stderr) * 1024 };
}

test('memory does not grow with the collection', { timeout: 240_000 }, async () => {
  const small = await convert(6000);
  const large = await convert(60_000);
  expect(small).toMatchObject({ status: 0, rows: 6000 });
  expect(large).toMatchObject({ status: 0, rows: 60_000 });
  expect(large.bytes).toBeGreaterThan(120 * MIB);
  // More than a buffer here and there, less than the collection: that one is not held, in whatever form.
  expect(large.memory - small.memory).toBeLessThan(80 * MIB);
});
