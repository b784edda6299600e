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

function* samples(count: number, machines: number): Generator<string> {
  for (let tick = 0; tick < count; tick++) {
    const disks = DISKS.map((name, at) => [name, (tick + 1) * (at + 1)]);
    const fields = { cpu_user: 3 * tick, cpu_idle: 7 * tick, ...Object.fromEntries(disks) };
    for (let at = 0; at < machines; at++) yield `${sample(START + tick, fields, { machine: `m${at}` })}\n`;
  }
}

/** At its end the program says how much memory it took at most, in KiB. */
const REPORT = `--import=data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))`;

/** Converts a collection of so many samples of each machine in a process with little room for objects. */
async function convert(count: number, machines = 1) {
  const path = join(place.dir(), 'c.json');
  await pipeline(Readable.from(samples(count, machines)), createWriteStream(path));
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

test('machines cost little beside what describes their columns', { timeout: 240_000 }, async () => {
  const few = await convert(1000, 10);
  const many = await convert(25, 400);
  expect({ few: few.status, many: many.status }).toEqual({ few: 0, many: 0 });
  expect((many.memory - few.memory) / 390).toBeLessThan(0.3 * MIB);
});
