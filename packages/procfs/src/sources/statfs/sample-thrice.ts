/**
 * Run by a test: three ticks of the file systems as JSON, and how many processes there were that ask or are stuck. Ends
 * when no more than those are left that the command line says will be stuck.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { plainSettings } from '../../test-sampling.ts';
import { openStatfs } from './read.ts';

/** This process's children, the dead ones that nobody has waited for among them. */
function children(): number {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(parentOf);
  return parents.filter((parent) => parent === process.pid).length;
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined; // it has just ended
  }
}

const open = openStatfs(openHost(), plainSettings);
const ticks = [];
for (let tick = 0; tick < 3; tick += 1) {
  const problems: string[] = [];
  const collector = new FieldCollector();
  await open.sample(collector, (problem) => problems.push(problem));
  ticks.push({ fields: collector.fields, problems });
}
const raw = await open.rawTexts?.();
const asking = children();
open.close();
const stuck = Number(process.argv[2]);
while (children() > stuck) await new Promise(setImmediate);
console.log(JSON.stringify({ ticks, raw, asking }));
