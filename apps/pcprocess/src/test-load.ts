/**
 * Keeps a machine busy for so many seconds, in steps of three: a processor in part, memory, a disk, the loopback.
 * `node test-load.ts FILE SECONDS`, where FILE is on the disk to keep busy. At the end it says how many bytes went there and
 * over the loopback. What it starts ends with it, or by itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay, setInterval as every } from 'node:timers/promises';

const [file = '', seconds = ''] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;

const STEP_MS = 3000;
/** Which part of a processor is busy in a step, and how much memory is held; then it begins again. */
const STEPS = [
  { duty: 0.1, mebibytes: 50 },
  { duty: 0.6, mebibytes: 250 },
  { duty: 0.3, mebibytes: 0 },
  { duty: 0.8, mebibytes: 150 },
] as const;
const MEBIBYTE = 1024 * 1024;
const DISK_MEBIBYTES = 8;

const done = { written: 0, sent: 0 };

function stepNow(): (typeof STEPS)[number] {
  return STEPS[Math.floor((end - performance.now()) / STEP_MS) % STEPS.length] ?? STEPS[0];
}

async function keepProcessorBusy(): Promise<void> {
  while (performance.now() < end) {
    const { duty } = stepNow();
    for (const stop = performance.now() + 50 * duty; performance.now() < stop; );
    await delay(50 * (1 - duty));
  }
}

async function holdMemory(): Promise<void> {
  let held = Buffer.alloc(0);
  for await (const _ of every(500)) {
    if (performance.now() > end) return;
    const bytes = stepNow().mebibytes * MEBIBYTE;
    if (held.length !== bytes) held = Buffer.alloc(bytes, 1);
  }
}

/** Past the page cache, so that what is written and read reaches the disk at once. */
async function keepDiskBusy(): Promise<void> {
  while (performance.now() < end) {
    await dd('if=/dev/zero', `of=${file}`, `count=${DISK_MEBIBYTES}`, 'oflag=direct', 'conv=fsync');
    done.written += DISK_MEBIBYTES * MEBIBYTE;
    await dd(`if=${file}`, 'of=/dev/null', 'iflag=direct');
    await delay(400);
  }
  rmSync(file, { force: true });
}

async function dd(...args: readonly string[]): Promise<void> {
  const [code] = await once(spawn('dd', ['bs=1M', 'status=none', ...args], { stdio: 'inherit' }), 'close');
  if (code !== 0) throw new Error(`dd ${args.join(' ')} ended with ${code}`);
}

async function sendToItself(): Promise<void> {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  while (performance.now() < end) {
    await new Promise((resolve) => client.write(Buffer.alloc(MEBIBYTE), resolve));
    done.sent += MEBIBYTE;
    await delay(50);
  }
  client.end();
  server.close();
}

await Promise.all([keepProcessorBusy(), holdMemory(), keepDiskBusy(), sendToItself()]);
console.log(JSON.stringify(done));
