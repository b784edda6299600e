import { FieldCollector } from './scan/field-sink.ts';
import { type Fields, type HostReader, NOISE, type SamplingSettings, type Source } from './types.ts';

/** What the agent does when nobody chooses anything. */
export const plainSettings: SamplingSettings = { include: new Set(), cgroups: false, top: 0, cmdline: false };
/** Nothing is left out. */
export const allSettings: SamplingSettings = { include: new Set(NOISE), cgroups: true, top: 5, cmdline: true };

/** One sample of one source, and what it reported. */
export async function sampleOf(
  source: Source,
  host: HostReader,
  settings = plainSettings,
): Promise<{ fields: Fields; problems: string[] }> {
  const open = source.open?.(host, settings);
  if (!open) throw new Error(`${source.name} is not read on a live host`);
  const collector = new FieldCollector();
  const problems: string[] = [];
  try {
    await open.sample(collector, (problem) => problems.push(problem));
  } finally {
    open.close();
  }
  return { fields: collector.fields, problems };
}

export type ParsedSource = Source & Required<Pick<Source, 'parse'>>;

/** Whether raw collections hold what it reads. */
export function isParsed(source: Source): source is ParsedSource {
  return source.parse !== undefined;
}
