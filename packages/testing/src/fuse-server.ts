/**
 * A FUSE file system that is one empty directory, served on descriptor 3. `live` answers statfs, `hung` never does, `late`
 * lets the first one wait for a second.
 * Documentation/filesystems/fuse.rst, include/uapi/linux/fuse.h; numbers are the machine's, little-endian here.
 */
import { readSync, writeSync } from 'node:fs';

const DEVICE = 3;
const [FORGET, GETATTR, STATFS, INIT, INTERRUPT, BATCH_FORGET] = [2, 3, 17, 26, 36, 42];
const SILENT = new Set([FORGET, INTERRUPT, BATCH_FORGET]);
const ENOSYS = 38;

const isLive = process.argv[2] !== 'hung';
let waitMs = process.argv[2] === 'late' ? 1000 : 0;
const request = Buffer.alloc(128 * 1024);

for (let isServing = true; isServing; ) isServing = serveOne();

/** @returns whether there may be more: no more when it was unmounted */
function serveOne(): boolean {
  try {
    readSync(DEVICE, request);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENODEV';
  }
  const operation = request.readUInt32LE(4);
  if (SILENT.has(operation) || (operation === STATFS && !isLive)) return true;
  if (operation === STATFS) waitMs = wait(waitMs);
  const body = operation === INIT ? init() : operation === STATFS ? statfs() : operation === GETATTR ? getattr() : null;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + (body?.length ?? 0), 0);
  head.writeInt32LE(body ? 0 : -ENOSYS, 4);
  request.copy(head, 8, 8, 16); // which request it answers
  writeSync(DEVICE, Buffer.concat([head, body ?? Buffer.alloc(0)]));
  return true;
}

/** @returns how long the next one waits */
function wait(ms: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return 0;
}

function init(): Buffer {
  const body = Buffer.alloc(64);
  body.writeUInt32LE(7, 0);
  body.writeUInt32LE(31, 4);
  body.writeUInt32LE(64 * 1024, 20);
  return body;
}

/** 1000 blocks of 4096 bytes, 600 of them free and 500 available; 77 inodes, 7 of them free. */
function statfs(): Buffer {
  const body = Buffer.alloc(80);
  for (const [at, count] of [1000n, 600n, 500n, 77n, 7n].entries()) body.writeBigUInt64LE(count, at * 8);
  body.writeUInt32LE(4096, 40);
  body.writeUInt32LE(255, 44);
  body.writeUInt32LE(4096, 48);
  return body;
}

/** Inode 1, a directory. */
function getattr(): Buffer {
  const body = Buffer.alloc(104);
  body.writeBigUInt64LE(1n, 16);
  body.writeUInt32LE(0o40755, 16 + 60);
  body.writeUInt32LE(2, 16 + 64);
  return body;
}
