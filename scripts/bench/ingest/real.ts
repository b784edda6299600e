/** Collections of real machines: those of ../shared/upstream, in perfcollector2's raw format, and one of this machine. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Header, noDamage, readCollection, type Sample } from '../../../packages/collection/src/index.ts';
import { type Bench, startLocal } from '../agent-run.ts';
import type { Machine } from './machine.ts';

const UPSTREAM = fileURLToPath(new URL('../../../../shared/upstream/', import.meta.url));
const COLLECTIONS = [
  'azure-cpuinfo/loadtest-cpuinfo.json',
  'azure-suse/pcc_collection.json',
  'containers/container_collection.json',
];

/**
 * Each as often as is said, under another name each time: a database's fixed size is not what a fleet's values cost.
 * Empty where the recordings are not there.
 */
export async function upstreamMachines(copies: number): Promise<Machine[]> {
  const paths = COLLECTIONS.map((name) => join(UPSTREAM, name)).filter((path) => existsSync(path));
  const read = await Promise.all(
    paths.map(async (path, at) => copiesOf(await readSamples(path), { name: `upstream-${at + 1}`, copies })),
  );
  return read.flat();
}

/** What pcc records here: all that it can read. */
export async function recordHere(bench: Bench, { samples, copies }: { samples: number; copies: number }) {
  const agent = startLocal(bench, bench.isQuick ? '100ms' : '1s');
  await agent.reached(samples);
  await agent.stop();
  return copiesOf(await readSamples(agent.path), { name: 'here', copies });
}

interface Recording {
  readonly header: Header | undefined;
  readonly samples: readonly Sample[];
}

async function readSamples(path: string): Promise<Recording> {
  const samples: Sample[] = [];
  let header: Header | undefined;
  for await (const entry of readCollection(createReadStream(path), noDamage())) {
    if (entry.kind === 'sample') samples.push(entry.value);
    else if (entry.kind === 'header') header = entry.value;
  }
  return { header, samples };
}

function copiesOf({ header, samples }: Recording, { name, copies }: { name: string; copies: number }): Machine[] {
  return Array.from({ length: copies }, (_, copy) => {
    const identifier = `${name}-${copy + 1}`;
    const tags = { machine_id: identifier };
    return {
      identifier,
      ...(header && { header: { ...header, identifier } }),
      samples: () => samples.values().map((sample) => ({ ...sample, tags })),
    };
  });
}
