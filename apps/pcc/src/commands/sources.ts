import { command, formatTable } from '@perfcollector/cli';
import { SampleLine } from '@perfcollector/collection';
import {
  describeField,
  type Fields,
  type HostReader,
  type OpenSource,
  ParseError,
  type SamplingSettings,
  type Source,
  SourceError,
} from '@perfcollector/procfs';
import { parseSample } from '../agent/parse-sample.ts';
import { hostAt } from '../host.ts';
import { chosenSources, liveSources, namedSource, samplingOptions, settingsOf, whyEmpty } from '../sampling.ts';

/** What a source gives on this host. */
interface SourceReport {
  readonly name: string;
  /** Whether it is sampled with the options given. */
  readonly sampled: boolean;
  /** Undefined where it is read well. */
  readonly problem?: string;
  /** What one more reading takes, microseconds. */
  readonly microseconds?: number;
  readonly fields: readonly FieldReport[];
}

interface FieldReport {
  readonly name: string;
  readonly value: number | string;
  readonly unit?: string;
  readonly kind?: string;
  readonly about?: string;
}

/** Readings until the files are open and their names known; the last one is timed. */
const READINGS = 3;

/** Reads every source and tells what it gives. */
export const listSources = command({
  args: [{ name: '[source...]', about: 'Show the fields of these.' }],
  options: samplingOptions,
  async run(options, { args }): Promise<SourceReport[]> {
    const named = args.map(namedSource);
    const host = hostAt(options.root);
    const settings = settingsOf(options);
    const chosen = new Set(chosenSources(options));
    const reports: SourceReport[] = [];
    for (const source of named.length > 0 ? named : liveSources())
      reports.push(await reportOf({ source, host, settings, sampled: chosen.has(source) }));
    return reports;
  },
  print(reports, _, { args }) {
    return args.length > 0 ? reports.map(printFields).join('\n') : printSources(reports);
  },
});

interface Reading {
  readonly source: Source;
  readonly host: HostReader;
  readonly settings: SamplingSettings;
  readonly sampled: boolean;
}

async function reportOf({ source, host, settings, sampled }: Reading): Promise<SourceReport> {
  const open = source.open?.(host, settings);
  if (!open) throw new Error('BUG: only live sources are listed');
  const problems: string[] = [];
  try {
    const { fields, microseconds } = await read(open, problems);
    const problem = problems[0] ?? (Object.keys(fields).length === 0 ? whyEmpty(source) : undefined);
    const described = Object.entries(fields).map(([name, value]) => describe(name, value));
    return { name: source.name, sampled, ...(problem && { problem }), microseconds, fields: described };
  } catch (error) {
    if (!(error instanceof SourceError || error instanceof ParseError)) throw error;
    return { name: source.name, sampled, problem: error.message, fields: [] };
  } finally {
    open.close();
  }
}

async function read(open: OpenSource, problems: string[]): Promise<{ fields: Fields; microseconds: number }> {
  const line = new SampleLine();
  let microseconds = 0;
  for (let reading = 0; reading < READINGS; reading += 1) {
    line.begin({ timestamp: 0, run: '', seq: 0, machineId: '' });
    problems.length = 0;
    const began = performance.now();
    await open.sample(line, (problem) => problems.push(problem));
    microseconds = Math.round((performance.now() - began) * 1000);
  }
  return { fields: parseSample(line.finish()).fields, microseconds };
}

function describe(name: string, value: number | string): FieldReport {
  const spec = describeField(name)?.spec;
  return { name, value, ...(spec && { unit: spec.unit, kind: spec.kind, about: spec.about }) };
}

function printSources(reports: readonly SourceReport[]): string {
  const rows = reports.map(({ name, sampled, problem, microseconds, fields }) => [
    name,
    sampled ? 'yes' : 'no',
    fields.length,
    microseconds ?? '-',
    problem ?? 'available',
  ]);
  return formatTable([['SOURCE', 'SAMPLED', 'FIELDS', 'MICROSECONDS', 'STATE'], ...rows]);
}

function printFields({ name, problem, fields }: SourceReport): string {
  const rows = fields.map((field) => [field.name, field.value, field.unit ?? '', field.kind ?? '', field.about ?? '']);
  const table = rows.length > 0 ? formatTable([['FIELD', 'VALUE', 'UNIT', 'KIND', 'MEANING'], ...rows]) : '';
  return `${name}: ${problem ?? `${fields.length} fields`}\n${table}`;
}
