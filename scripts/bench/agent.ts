/**
 * What pcc costs on this machine, beside its peers: `npm run bench:agent`.
 *     --only cpu,memory,start,wire   some parts
 *     --quick                        seconds instead of minutes: shows that it runs, not how fast
 *     --sources=LIST                 for every pcc
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPrograms } from '../build.ts';
import type { Bench } from './agent-run.ts';
import { Children } from './child.ts';
import { measureCpu } from './cpu.ts';
import { measureMemory } from './memory.ts';
import { type Results, report } from './report.ts';
import { measureStart } from './start.ts';
import { measureWire } from './wire.ts';

const PARTS = { start: measureStart, cpu: measureCpu, wire: measureWire, memory: measureMemory };
const RESULTS = fileURLToPath(new URL('../../bench-results/', import.meta.url));

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'), // pnpm passes it on
  options: {
    only: { type: 'string', default: Object.keys(PARTS).join(',') },
    quick: { type: 'boolean', default: false },
    sources: { type: 'string' },
    output: { type: 'string', default: join(RESULTS, 'agent.json') },
  },
});
const wanted = values.only.split(',');
const unknown = wanted.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) {
  console.error(`--only: there is no part ${unknown.join(', ')}; expected some of ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

await buildPrograms();
const results = await measure(wanted);
mkdirSync(join(values.output, '..'), { recursive: true });
writeFileSync(values.output, `${JSON.stringify({ machine: machine(), isQuick: values.quick, ...results }, null, 2)}\n`);
console.log(report(results));
console.log(
  `${values.quick ? 'A quick run: these figures only show that the bench works.\n' : ''}All figures: ${values.output}`,
);

async function measure(parts: readonly string[]): Promise<Results> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-agent-'));
  const children = new Children();
  const stop = new AbortController();
  const interrupt = () => {
    children.kill();
    stop.abort();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, interrupt);
  const agentArgs = values.sources === undefined ? [] : [`--sources=${values.sources}`];
  try {
    const found: Record<string, unknown> = {};
    for (const [part, run] of Object.entries(PARTS)) {
      if (!parts.includes(part)) continue;
      console.error(`measuring: ${part}`);
      const own = mkdtempSync(join(directory, `${part}-`));
      const bench: Bench = { children, stopped: stop.signal, directory: own, isQuick: values.quick, agentArgs };
      found[part] = await run(bench);
      rmSync(own, { recursive: true });
    }
    return found as Results;
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
