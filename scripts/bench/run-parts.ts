import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from '../build.ts';
import type { Bench } from './agent-run.ts';
import { Children } from './child.ts';

const RESULTS = fileURLToPath(new URL('../../bench-results/', import.meta.url));

/** What can be measured, by name, in the order in which it is. */
type Parts = Readonly<Record<string, (bench: Bench) => Promise<unknown>>>;

/** Figures by part. */
type Found = Record<string, unknown>;

export interface Program {
  /** Of the file with all figures. */
  readonly name: string;
  readonly parts: Parts;
  readonly report: (found: Found) => string;
}

export interface Wish {
  /** Names of parts, with commas. */
  readonly only: string | undefined;
  readonly isQuick: boolean;
  readonly output: string | undefined;
  readonly agentArgs?: readonly string[];
}

/** What the command line of every bench takes. */
export const COMMON_OPTIONS = {
  only: { type: 'string' },
  quick: { type: 'boolean', default: false },
  output: { type: 'string' },
} as const;

/** pnpm passes `--` on. */
export function commandLine(): string[] {
  return process.argv.slice(2).filter((word) => word !== '--');
}

/** Measures the parts that are wanted, writes the figures and prints the report. */
export async function runParts({ name, parts, report }: Program, wish: Wish): Promise<void> {
  const wanted = wish.only?.split(',') ?? Object.keys(parts);
  const unknown = wanted.filter((part) => !Object.hasOwn(parts, part));
  if (unknown.length > 0) {
    const known = Object.keys(parts).join(', ');
    console.error(`--only: there is no part ${unknown.join(', ')}; expected some of ${known}`);
    process.exit(2);
  }
  await buildPrograms();
  const found = await measure(
    Object.entries(parts).filter(([part]) => wanted.includes(part)),
    { name, wish },
  );
  const output = wish.output ?? join(RESULTS, `${name}.json`);
  mkdirSync(join(output, '..'), { recursive: true });
  writeFileSync(output, `${JSON.stringify({ machine: machine(), isQuick: wish.isQuick, ...found }, null, 2)}\n`);
  console.log(report(found));
  const caution = wish.isQuick ? 'A quick run: these figures only show that the bench works.\n' : '';
  console.log(`${caution}All figures: ${output}`);
}

async function measure(
  parts: readonly [string, Parts[string]][],
  { name, wish }: { name: string; wish: Wish },
): Promise<Found> {
  const directory = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  const children = new Children();
  const stop = new AbortController();
  const interrupt = () => {
    children.kill();
    stop.abort();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, interrupt);
  const { isQuick, agentArgs = [] } = wish;
  try {
    const found: Found = {};
    for (const [part, run] of parts) {
      console.error(`measuring: ${part}`);
      const own = mkdtempSync(join(directory, `${part}-`));
      found[part] = await run({ children, stopped: stop.signal, directory: own, isQuick, agentArgs });
      rmSync(own, { recursive: true });
    }
    return found;
  } finally {
    await children[Symbol.asyncDispose]();
    stop.abort();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function machine() {
  const [cpu] = cpus();
  const loadavg = readFileSync('/proc/loadavg', 'utf8').trim();
  return {
    date: new Date().toISOString(),
    kernel: release(),
    cpus: cpus().length,
    model: cpu?.model,
    node: process.version,
    loadavg,
  };
}
