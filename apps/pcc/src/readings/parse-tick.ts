import { LineError, parseLine, rawFields, type Sample } from '@perfcollector/collection';

/** What one tick recorded, as one sample, whatever the format of its lines; undefined where nothing was. */
export function parseTick(lines: Uint8Array): Sample | undefined {
  let sample: Sample | undefined;
  for (const text of Buffer.from(lines).toString().split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line.kind === 'sample') sample = line.value;
    if (line.kind !== 'raw') continue;
    sample = { timestamp: line.value.timestamp, fields: { ...sample?.fields, ...tryFields(line.value) } };
  }
  return sample;
}

/** A kernel file's text that no parser understands is recorded all the same. */
function tryFields(raw: Parameters<typeof rawFields>[0]): ReturnType<typeof rawFields> {
  try {
    return rawFields(raw);
  } catch (error) {
    if (error instanceof LineError) return undefined;
    throw error;
  }
}
