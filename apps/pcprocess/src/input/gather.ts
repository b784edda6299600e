import { createReadStream, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, explain, type Io, systemError, UsageError, UserError } from '@perfcollector/cli';
import { type Input, inputAt, type Spilled, spill } from './input.ts';
import { type InputValues, STDIN } from './options.ts';

/** What was asked to be read. */
export interface Asked {
  /** Files, directories, patterns, or `-`. */
  readonly args: readonly string[];
  readonly values: Pick<InputValues, 'collection' | 'identifier'>;
  readonly io: Io;
  /** Where what can be read only once is put aside. */
  readonly spillTo: string;
}

export interface Gathered {
  /** As they were named. */
  readonly names: readonly string[];
  readonly inputs: readonly Input[];
  /** Sentences about what could not be read; it does not keep the rest from being read. */
  readonly problems: readonly string[];
}

/**
 * Finds what was named; what is given to `use` can be read more than once, until that ends.
 * @throws UsageError where nothing was named
 */
export async function withInputs<R>(asked: Asked, use: (gathered: Gathered) => Promise<R>): Promise<R> {
  const { args, values } = asked;
  const names = args.length > 0 ? args : [values.collection].filter((name) => name !== undefined);
  if (names.length === 0) throw new UsageError('no collection is named', 'Name files, or set PCR_COLLECTION.');
  const spilled: Spilled[] = [];
  try {
    return await use(await gather(names, asked, spilled));
  } finally {
    for (const input of spilled) input.remove();
  }
}

async function gather(names: readonly string[], asked: Asked, spilled: Spilled[]): Promise<Gathered> {
  const inputs = new Map<string, Input>();
  const problems: string[] = [];
  for (const name of names) {
    try {
      for (const input of await inputsFor(name, asked, spilled)) inputs.set(input.path, input);
    } catch (error) {
      if (codeOf(error) === undefined || asked.io.signal.aborted) throw error;
      problems.push(explain(error instanceof UserError ? error : systemError(`read ${name}`, error)));
    }
  }
  return { names, inputs: [...inputs.values()], problems };
}

async function inputsFor(name: string, asked: Asked, spilled: Spilled[]): Promise<Input[]> {
  const { identifier } = asked.values;
  if (name === STDIN) return [await aside(name, asked, spilled)];
  const found = filesFor(name);
  if (found === undefined) return [await aside(name, asked, spilled)];
  return found.map((path) => inputAt(path, identifier));
}

/** Undefined of what can be read only once: a pipe. */
function filesFor(name: string): string[] | undefined {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isFile()) return [name];
  if (stat?.isDirectory()) return filesIn(name);
  if (stat) return undefined;
  const found = /[*?[]/.test(name)
    ? globSync(name).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    : [];
  if (found.length === 0) statSync(name); // says why
  return found.toSorted();
}

const COLLECTIONS = '**/*.{json,jsonl,ndjson}{,.gz,.zst}';
/** What stands beside CSVs that were made of collections. */
const NO_COLLECTION = /(^|\/)(datapackage|system_info)\.json$/;

function filesIn(directory: string): string[] {
  const found = globSync(COLLECTIONS, { cwd: directory }).filter((path) => !NO_COLLECTION.test(path));
  if (found.length === 0) {
    throw new UserError('NO_COLLECTION', `there is no collection in ${directory}`, {
      hint: 'Collections end in .json, .jsonl or .ndjson, and may be packed: .gz, .zst.',
    });
  }
  return found.toSorted().map((path) => join(directory, path));
}

async function aside(name: string, { values, io, spillTo }: Asked, spilled: Spilled[]): Promise<Input> {
  const isStdin = name === STDIN;
  const input = { ...inputAt(isStdin ? 'stdin' : name, values.identifier), name: isStdin ? 'standard input' : name };
  const stream = isStdin ? io.stdin : createReadStream(name);
  const put = await spill(stream, input, { directory: spillTo, signal: io.signal });
  spilled.push(put);
  return put;
}
