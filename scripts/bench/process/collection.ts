/** The collection that is converted: made once, and kept between runs. */
import {
  closeSync,
  createWriteStream,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { busyHost } from './busy-host.ts';

const MACHINE = '5f1c0de2b3a94c0f8e5d7a6b4c3d2e1f';
const RUN = '00000000-0000-4000-8000-0000000000d1';
/** 2026-01-09T00:00:00Z. */
const STARTED = 1_767_916_800;
const JITTER_MS = 5;
const BYTES_PER_SAMPLE = 9000;
/** Room for the collection, and for the CSVs of two programs. */
const ROOM = 4;
/** So many samples are made again to see whether a file that is there has them. */
const COMPARED = 20;

export interface Collection {
  readonly path: string;
  readonly samples: number;
  readonly bytes: number;
}

/**
 * A collection of so many samples, a second apart; one that an earlier run has made is taken as it is.
 * @throws Error where there is no room for it and what is made of it
 */
export async function collectionOf(
  name: string,
  samples: number,
  directory = join(tmpdir(), 'bench-process'),
): Promise<Collection> {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.json`);
  if (!isMade(path, samples)) {
    checkRoom(directory, samples);
    await make(path, samples);
  }
  return { path, samples, bytes: statSync(path).size };
}

function checkRoom(directory: string, samples: number): void {
  const { bavail, bsize } = statfsSync(directory);
  const needed = samples * BYTES_PER_SAMPLE * ROOM;
  if (bavail * bsize >= needed) return;
  const [free, wanted] = [bavail * bsize, needed].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw new Error(`${directory} has ${free} free; ${wanted} are needed: set TMPDIR to a directory with more room`);
}

/** Under its name there is only a whole one; it may be of an older bench. */
function isMade(path: string, samples: number): boolean {
  const wanted = Buffer.from([...collectionLines(samples).take(COMPARED)].join(''));
  const found = Buffer.alloc(wanted.length);
  try {
    const descriptor = openSync(path, 'r');
    readSync(descriptor, found);
    closeSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return wanted.equals(found);
}

async function make(path: string, samples: number): Promise<void> {
  const partial = `${path}.${process.pid}`;
  try {
    await pipeline(Readable.from(inChunks(collectionLines(samples))), createWriteStream(partial));
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** The lines as pcc writes them: a header, then samples with the tick's lateness in their timestamps. */
export function* collectionLines(samples: number): Generator<string> {
  yield line({ ...HEADER, labels: { samples: String(samples) } });
  const tags = { machine_id: MACHINE };
  let at = 0;
  for (const fields of busyHost(1).take(samples)) {
    const timestamp = (1000 * (STARTED + ++at) + ((Math.imul(at, 2654435761) >>> 8) % JITTER_MS)) / 1000;
    yield line({ timestamp, run: RUN, seq: at, tags, fields });
  }
}

const HEADER = {
  collection: 1,
  run: RUN,
  identifier: MACHINE,
  started: STARTED + 0.281,
  interval: 1,
  host: {
    hostname: 'bench',
    kernel: '6.1.0-18-amd64',
    arch: 'x86_64',
    os: 'Debian GNU/Linux 12 (bookworm)',
    cpus: 2,
    clock_ticks: 100,
    page_size: 4096,
    boot_time: STARTED - 30 * 86_400,
  },
  agent: 'pcc 1.0.0',
};

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const one of lines) {
    chunk += one;
    if (chunk.length < 1 << 20) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
