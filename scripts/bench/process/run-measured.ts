import { once } from 'node:events';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Bench, withoutSettings } from '../agent-run.ts';

/** A program that turns a collection into CSV. */
export interface Converter {
  readonly name: string;
  /** Its command line for a collection, with a directory that is empty for what it writes. */
  command(collection: string, directory: string): readonly [path: string, ...args: string[]];
}

/** What one run cost, from the start of the process to its end. */
export interface Cost {
  readonly wallSeconds: number;
  /** On processors, user and system, of all threads and child processes. */
  readonly cpuSeconds: number;
  /** MB: the high-water mark of its resident memory, code and mapped files included. */
  readonly peakMb: number;
}

export interface Csv {
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
}

export interface Conversion extends Cost {
  readonly csv: Csv;
}

/** @throws Error where the program fails, or does not write a row for every sample */
export async function convertOnce(
  bench: Bench,
  converter: Converter,
  { path, samples }: { readonly path: string; readonly samples: number },
): Promise<Conversion> {
  const directory = join(bench.directory, 'out');
  mkdirSync(directory);
  const cost = await runMeasured(bench, converter.command(path, directory));
  const csv = await measureCsv(directory);
  rmSync(directory, { recursive: true }); // before the kernel brings it to the disk, while the next one is measured
  if (csv.rows === samples) return { ...cost, csv };
  throw new Error(`${converter.name} wrote ${csv.rows} rows for ${samples} samples`);
}

export async function runMeasured(
  { children }: Bench,
  [path, ...args]: readonly [path: string, ...args: string[]],
): Promise<Cost> {
  const before = secondsOfEndedChildren();
  const started = performance.now();
  const { process: child } = children.start(path, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: withoutSettings(),
  });
  const peak = watchPeak(child.pid);
  const said = child.stderr === null ? '' : text(child.stderr);
  const [code] = await once(child, 'close');
  const wallSeconds = (performance.now() - started) / 1000;
  const peakMb = peak.stop();
  if (code !== 0) throw new Error(`${path} ended with ${code}: ${(await said).slice(0, 1000)}`);
  return { wallSeconds, cpuSeconds: secondsOfEndedChildren() - before, peakMb };
}

/** USER_HZ: the same on every Linux that Node runs on. */
const CLOCK_TICKS = 100;

/** Of the children of this process that have ended, with theirs. man 5 proc: cutime and cstime. */
function secondsOfEndedChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13);
  return (Number(user) + Number(system)) / CLOCK_TICKS;
}

const LOOK_MS = 10;

/** The kernel keeps the mark; it is looked at all the while because it goes with the process. */
function watchPeak(pid: number | undefined): { stop(): number } {
  const marks = new Map<number, number>();
  const look = () => {
    for (const one of pid === undefined ? [] : withDescendants(pid)) marks.set(one, peakOf(one) ?? marks.get(one) ?? 0);
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return [...marks.values()].reduce((sum, mb) => sum + mb, 0);
    },
  };
}

function withDescendants(pid: number): number[] {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`) ?? '';
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(withDescendants)];
}

function peakOf(pid: number): number | undefined {
  const mark = /^VmHWM:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`) ?? '')?.[1];
  return mark === undefined ? undefined : Number(mark) / 1024;
}

/** Undefined where the process has ended. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The table in a directory: of several CSVs the largest. All cells are numbers or plain names, so each line is a row. */
async function measureCsv(directory: string): Promise<Csv> {
  const paths = readdirSync(directory).flatMap((name) => (name.endsWith('.csv') ? [join(directory, name)] : []));
  const [path] = paths.sort((a, b) => statSync(b).size - statSync(a).size);
  if (path === undefined) throw new Error(`no CSV was written into ${directory}`);
  let [lines, heading] = [0, ''];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer;
    if (lines === 0) heading += bytes.toString('latin1').split('\n', 1)[0];
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  }
  return { bytes: statSync(path).size, rows: lines - 1, columns: heading.split(',').length };
}
