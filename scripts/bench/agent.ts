/**
 * What pcc costs on this machine, beside its peers: `npm run bench:agent`.
 *     --only cpu,memory,start,wire   some parts
 *     --quick                        seconds instead of minutes: shows that it runs, not how fast
 *     --sources=LIST                 for every pcc
 */
import { parseArgs } from 'node:util';
import { measureCpu } from './cpu.ts';
import { measureMemory } from './memory.ts';
import { type Results, report } from './report.ts';
import { COMMON_OPTIONS, commandLine, runParts } from './run-parts.ts';
import { measureStart } from './start.ts';
import { measureWire } from './wire.ts';

const parts = { start: measureStart, cpu: measureCpu, wire: measureWire, memory: measureMemory };
const { values } = parseArgs({ args: commandLine(), options: { ...COMMON_OPTIONS, sources: { type: 'string' } } });
const { only, output, quick: isQuick, sources } = values;
const agentArgs = sources === undefined ? [] : [`--sources=${sources}`];
await runParts(
  { name: 'agent', parts, report: (found) => report(found as Results) },
  { only, output, isQuick, agentArgs },
);
