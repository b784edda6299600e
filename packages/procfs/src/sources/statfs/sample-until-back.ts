/** Run by a test: samples a mount that hangs at first, as if minutes went by, until it is back. Prints each tick's outcome. */
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { plainSettings } from '../../test-sampling.ts';
import { openStatfs } from './read.ts';

const field = `fs_${process.argv[2]}_blocks_total`;
const open = openStatfs(openHost(), plainSettings);

async function tick(): Promise<{ value: unknown; problems: number }> {
  const collector = new FieldCollector();
  let problems = 0;
  await open.sample(collector, () => {
    problems += 1;
  });
  return { value: collector.fields[field], problems };
}

const first = await tick();
const tooSoon = await tick();
const now = performance.now.bind(performance);
performance.now = () => now() + 61_000;
let last = await tick();
while (last.value === undefined) {
  await new Promise(setImmediate);
  last = await tick();
}
open.close();
console.log(JSON.stringify({ first, tooSoon, last }));
