import { type Fields, type HostFacts, parseJson } from '@perfcollector/procfs';

/** First line of a run: who samples what, since when, how often. */
export interface Header {
  readonly collection: 1;
  /** UUID; the same in every sample of the run. */
  readonly run: string;
  readonly identifier: string;
  /** Unix seconds. */
  readonly started: number;
  /** Seconds between two ticks. */
  readonly interval: number;
  readonly host: HostFacts;
  /** Name and version of the program: `pcc 1.0.0`. */
  readonly agent: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Kinds of devices and mounts that were not sampled: `loop`, `veth`, … */
  readonly left_out?: readonly string[];
}

/** What one tick found. `run` and `seq` are missing in foreign input. */
export interface Sample {
  /** Unix seconds, millisecond precision. */
  readonly timestamp: number;
  readonly run?: string;
  /** +1 for each tick of the run, taken or missed. */
  readonly seq?: number;
  readonly tags?: { readonly machine_id?: string };
  readonly fields: Fields;
}

/** A mark that a person or a script made. */
export interface EventMark {
  readonly timestamp: number;
  readonly run?: string;
  readonly event: string;
}

/** perfcollector2's line: one kernel file's text at one time. */
export interface RawMeasurement {
  readonly timestamp: number;
  readonly subsystem: string;
  readonly measurement: string;
}

export type Line =
  | { readonly kind: 'header'; readonly value: Header }
  | { readonly kind: 'sample'; readonly value: Sample }
  | { readonly kind: 'event'; readonly value: EventMark }
  | { readonly kind: 'raw'; readonly value: RawMeasurement };

/** A line that is not one of a collection; the message says what is wrong with it. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** Milliseconds taken for seconds begin here; as seconds it is the year 5138. */
export const TIMESTAMP_LIMIT = 1e11;
/** A machine of 4,096 CPUs and as many disks has as many; beyond it a line is no sample of a machine. */
export const MOST_FIELDS = 131_072;
/** No line of ours has half as many; writing out what is a hundred thousand deep would overflow the stack. */
const DEEPEST = 16;

/**
 * Reads one line of a collection.
 * @throws LineError
 */
export function parseLine(text: string): Line {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new LineError(`not JSON: ${JSON.stringify(text.slice(0, 80))}`, { cause: error });
  }
  return checkLine(value);
}

/**
 * Tells which of the four kinds a JSON value is and checks what every reader relies on. The value itself is given
 * back, so members that a newer version added survive.
 * @throws LineError
 */
export function checkLine(value: unknown): Line {
  if (!isObject(value)) throw new LineError(`${describe(value)} is no line of a collection; expected a JSON object`);
  checkDepth(value);
  if ('collection' in value) return { kind: 'header', value: checkHeader(value) };
  checkTimestamp(value.timestamp);
  checkOptional(value, 'run', 'string');
  if ('fields' in value) return { kind: 'sample', value: checkSample(value) };
  if ('subsystem' in value) return { kind: 'raw', value: checkRaw(value) };
  if ('event' in value) {
    checkOptional(value, 'event', 'string', 'required');
    return { kind: 'event', value: value as unknown as EventMark };
  }
  throw new LineError(
    'none of "collection", "fields", "subsystem", "event" is in it; expected one of these kinds of line',
  );
}

/** A sample's fields are numbers and strings, which is checked where they are. */
function checkDepth(line: Record<string, unknown>): void {
  const checkedElsewhere = 'collection' in line ? undefined : 'fields';
  for (const key in line) {
    if (key !== checkedElsewhere && isDeeper(line[key], DEEPEST)) {
      throw new LineError(`${JSON.stringify(key.slice(0, 80))} is nested more than ${DEEPEST} deep`);
    }
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function checkHeader(value: Record<string, unknown>): Header {
  if (value.collection !== 1) {
    throw new LineError(`collection format ${describe(value.collection)} is not known here; expected 1`);
  }
  for (const key of ['run', 'identifier']) {
    if (typeof value[key] !== 'string' || value[key] === '')
      throw new LineError(`"${key}" is ${describe(value[key])}; expected a string`);
  }
  checkTimestamp(value.started, 'started');
  if (typeof value.interval !== 'number' || !(value.interval > 0 && value.interval < TIMESTAMP_LIMIT)) {
    throw new LineError(`"interval" is ${describe(value.interval)}; expected seconds above 0`);
  }
  return value as unknown as Header;
}

function checkSample(value: Record<string, unknown>): Sample {
  if (value.seq !== undefined && !(Number.isSafeInteger(value.seq) && Number(value.seq) >= 0)) {
    throw new LineError(`"seq" is ${describe(value.seq)}; expected a whole number`);
  }
  if (value.tags !== undefined) {
    if (!isObject(value.tags)) throw new LineError(`"tags" is ${describe(value.tags)}; expected an object`);
    checkOptional(value.tags, 'machine_id', 'string');
  }
  const { fields } = value;
  if (!isObject(fields))
    throw new LineError(`"fields" is ${describe(fields)}; expected an object of numbers and strings`);
  let count = 0;
  for (const name in fields) {
    count += 1;
    if (count > MOST_FIELDS) throw new LineError(`it has more than ${MOST_FIELDS} fields`);
    if (typeof fields[name] === 'string' || Number.isFinite(fields[name])) continue;
    const called = JSON.stringify(name.slice(0, 80));
    throw new LineError(`field ${called} is ${describe(fields[name])}; expected a number or a string`);
  }
  return value as unknown as Sample;
}

function checkRaw(value: Record<string, unknown>): RawMeasurement {
  for (const key of ['subsystem', 'measurement']) checkOptional(value, key, 'string', 'required');
  return value as unknown as RawMeasurement;
}

function checkTimestamp(value: unknown, key = 'timestamp'): void {
  if (typeof value !== 'number' || !(value >= 0 && value < TIMESTAMP_LIMIT)) {
    throw new LineError(`"${key}" is ${describe(value)}; expected Unix seconds`);
  }
}

function checkOptional(
  value: Record<string, unknown>,
  key: string,
  type: 'string' | 'number',
  need?: 'required',
): void {
  if (value[key] === undefined && !need) return;
  if (typeof value[key] !== type) throw new LineError(`"${key}" is ${describe(value[key])}; expected a ${type}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a sentence can hold it: never more than a glimpse of it. */
function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  if (typeof value === 'number') return String(value); // JSON has no word for infinity
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}

/**
 * Two samples of one machine and timestamp as one: what the second has more is added to the first. Undefined where it
 * adds nothing, or is of another run: then it is a duplicate, for a mixture of two runs is no measurement.
 */
export function mergeSamples(first: Sample, second: Sample): Sample | undefined {
  const merged = { ...first, fields: { ...first.fields } };
  return addFields(merged, second) ? merged : undefined;
}

/**
 * The same, in place: what a sample of many parts costs is no more than they are long.
 * @returns whether anything was added
 */
export function addFields(sample: Sample, more: Sample): boolean {
  if (sample.run !== undefined && more.run !== undefined && sample.run !== more.run) return false;
  const { fields } = sample;
  const added = Object.entries(more.fields).filter(([name]) => !Object.hasOwn(fields, name));
  for (const [name, value] of added)
    Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
  return added.length > 0;
}

/** A line as it stands in a file and on the wire, line feed included. */
export function encodeLine(value: Header | Sample | EventMark | RawMeasurement): string {
  return `${JSON.stringify(value)}\n`;
}
