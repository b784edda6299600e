import { statSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';
import { SampleLine } from '@perfcollector/collection';
import {
  type HostReader,
  type OpenSource,
  ParseError,
  type SamplingSettings,
  type Source,
  SourceError,
} from '@perfcollector/procfs';
import { whyEmpty } from '../sampling.ts';
import { type Finding, ok, warning } from './finding.ts';

export interface SourcesCheck {
  readonly findings: readonly Finding[];
  /** Of one sample with everything that could be read. */
  readonly lineBytes: number;
}

/** Reads every source once, as a run would. The caller looks at what that takes, while the files are open. */
export async function checkSources(
  setup: { host: HostReader; sources: readonly Source[]; settings: SamplingSettings },
  whileOpen: () => void,
): Promise<SourcesCheck> {
  const { host, sources, settings } = setup;
  const line = new SampleLine();
  line.begin({ timestamp: Date.now() / 1000, run: crypto.randomUUID(), seq: 1, machineId: '' });
  const opened = sources.flatMap((source) => {
    const open = source.open?.(host, settings);
    return open ? [{ source, open }] : [];
  });
  try {
    const findings: Finding[] = [];
    for (const { source, open } of opened) findings.push(await checkSource(source, open, line));
    whileOpen();
    return { findings, lineBytes: line.finish().length };
  } finally {
    for (const { open } of opened) open.close();
  }
}

async function checkSource(source: Source, open: OpenSource, line: SampleLine): Promise<Finding> {
  const check = `source ${source.name}`;
  const mark = line.mark();
  const partly: string[] = [];
  try {
    await open.sample(line, (problem) => partly.push(problem));
  } catch (error) {
    line.rollback(mark);
    if (error instanceof ParseError) return warning(check, `left out: ${error.message}`);
    if (error instanceof SourceError) return unread(check, error);
    throw error;
  }
  if (partly.length > 0) return warning(check, `left out in part: ${partly.join('; ')}`);
  return ok(check, line.mark() > mark ? 'available' : whyEmpty(source));
}

function unread(check: string, { reason, message, cause }: SourceError): Finding {
  if (reason === 'unavailable') return ok(check, `not on this host: ${message}`);
  return warning(check, `left out: ${message}`, reason === 'denied' ? missingRight(cause) : undefined);
}

/** Which right it takes, as far as the file itself tells. */
function missingRight(cause: unknown): string {
  const { path } = cause as NodeJS.ErrnoException;
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (codeOf(cause) !== 'EACCES' || !stat) return 'Run pcc as root.';
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
  return `It belongs to user ${stat.uid}, group ${stat.gid}, mode ${mode}: run pcc as one who may read it, as root, or with CAP_DAC_READ_SEARCH.`;
}
