import { parseLine, type Sample } from '@perfcollector/collection';

/** Reads back a line that a sampler made. */
export function parseSample(line: Uint8Array): Sample {
  const parsed = parseLine(Buffer.from(line).toString());
  if (parsed.kind !== 'sample') throw new Error('BUG: a sample is no sample');
  return parsed.value;
}
