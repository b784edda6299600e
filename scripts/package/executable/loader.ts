/**
 * The first script of the executable. The parts of the programs are its assets, as scripts of CommonJS, each with what V8
 * made of it; a part is loaded when it is asked for. It acts by the name that it is called by: `pcc`, `pcd`, `pcctl`,
 * `pcprocess`, or `perfcollector pcc …`. Threads begin with this same script.
 */
import { basename } from 'node:path';
import { getAsset, getRawAsset } from 'node:sea';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import * as threads from 'node:worker_threads';
import { askingScript } from '../../../packages/procfs/src/sources/statfs/asking-script.ts';

interface Part {
  exports: unknown;
}
type Wrapped = (exports: unknown, require: (id: string) => unknown, part: Part) => void;

/** Where parts say they are: `import.meta.url` in them, and so the addresses of threads. */
const PLACE = 'perfcollector:';
/** What V8 is told for a program, beside what all have (build-executable.ts), each with its opposite; why, stands in apps/pcc/src/bin.ts. */
const FLAGS: ReadonlyMap<string, readonly [on: string, off: string]> = new Map([
  ['pcc', ['--semi-space-growth-factor=1 --no-maglev', '--semi-space-growth-factor=2 --maglev']],
]);

const parts = new Map<string, Part>();
let flags: readonly [on: string, off: string] | undefined;

function load(name: string): unknown {
  const known = parts.get(name);
  if (known) return known.exports;
  const part: Part = { exports: {} };
  parts.set(name, part);
  const wrapped = compile(name).runInThisContext() as Wrapped;
  wrapped(part.exports, (id) => (id.startsWith('./') ? load(id.slice(2)) : process.getBuiltinModule(id)), part);
  return part.exports;
}

/** V8 takes what it made before only where its flags are the same as they were then. */
function compile(name: string): Script {
  if (flags) setFlagsFromString(flags[1]);
  const script = new Script(textOf(name), { filename: name, cachedData: cacheOf(name) });
  if (flags) setFlagsFromString(flags[0]);
  return script;
}

function textOf(name: string): string {
  return Buffer.from(getRawAsset(name)).toString('latin1');
}

function cacheOf(name: string): Buffer | undefined {
  return HAS_CODE_CACHE ? Buffer.from(getRawAsset(`${name}.cache`)) : undefined;
}

/** A thread whose program is a part. */
class PartThread extends threads.Worker {
  constructor(program: URL | string, options?: threads.WorkerOptions) {
    const { protocol, pathname } = new URL(program);
    if (protocol !== PLACE) throw new Error(`BUG: ${program} is no part of this executable`);
    super(`globalThis.perfcollectorPart = '${pathname.slice(1)}';${getAsset('loader', 'utf8')}`, {
      ...options,
      eval: true,
    });
  }
}

/** Parts ask for modules by this function (lazy-builtins.ts); threads are the only ones that are other here. */
function replaceThreads(): void {
  const original = process.getBuiltinModule;
  const replaced = { ...threads, Worker: PartThread };
  process.getBuiltinModule = ((id: string) =>
    id === 'node:worker_threads' ? replaced : original(id)) as typeof original;
}

/** What Node's own `--eval` does, for the process that asks mounts, and for no other text: nobody's code runs under this name. */
function askMounts(): void {
  new Script(`(function(require){${askingScript}\n})`).runInThisContext()(process.getBuiltinModule);
}

function runProgram(): void {
  const [name = '', ...args] = [basename(process.argv[1] ?? ''), ...process.argv.slice(2)];
  if (name === 'perfcollector' && args.at(-1) === askingScript) {
    askMounts();
    return;
  }
  if (name === 'perfcollector') process.argv.splice(1, 1);
  const called = name === 'perfcollector' ? basename(args[0] ?? '') : name;
  flags = FLAGS.get(called);
  if (flags) setFlagsFromString(flags[0]);
  void (load('programs.js') as { run(name: string): Promise<void> }).run(called);
}

/** Set by the first script for a thread's. */
const { perfcollectorPart } = globalThis as { perfcollectorPart?: string };
replaceThreads();
if (perfcollectorPart === undefined) runProgram();
else load(perfcollectorPart);

declare const HAS_CODE_CACHE: boolean;
