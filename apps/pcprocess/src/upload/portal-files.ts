import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { codeOf, type Io, systemError, UsageError } from '@perfcollector/cli';
import { problemsOf } from '../input/first-reading.ts';
import { type Gathered, withInputs } from '../input/gather.ts';
import type { Input } from '../input/input.ts';
import { type InputValues, selectionOf } from '../input/options.ts';
import { layOut } from '../layouts/lay-out.ts';
import { PORTAL_HEADING } from '../layouts/portal/columns.ts';
import { type PortalOptions, portalTables } from '../layouts/portal/portal-tables.ts';

/** A file that the portal can import. */
export interface PortalFile {
  readonly path: string;
  readonly name: string;
  readonly machine: string;
}

export interface PortalFiles {
  readonly files: readonly PortalFile[];
  /** What could not be read, as sentences. */
  readonly problems: readonly string[];
}

export interface Wanted {
  readonly args: readonly string[];
  readonly values: InputValues & PortalOptions & { readonly machineId: string | undefined };
  readonly io: Io;
}

/** Files for the portal, as they were named or made of the collections that were; what was made is there until `use` ends. */
export async function withPortalFiles<R>(wanted: Wanted, use: (found: PortalFiles) => Promise<R>): Promise<R> {
  const { args, values, io } = wanted;
  const directory = makeTemporary();
  try {
    return await withInputs({ args, values, io, spillTo: directory }, async (gathered) =>
      use(await find(gathered, directory, wanted)),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeTemporary(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'pcprocess-'));
  } catch (error) {
    throw systemError(`make a directory in ${tmpdir()}`, error);
  }
}

async function find({ inputs, problems }: Gathered, directory: string, wanted: Wanted): Promise<PortalFiles> {
  const { machineId } = wanted.values;
  const [given, others] = [inputs.filter(isPortalFile), inputs.filter((input) => !isPortalFile(input))];
  const made = await convert(others, directory, wanted);
  const files = [...given.map((input) => fileOf(input, machineId)), ...made.files];
  const machines = new Set(files.map(({ machine }) => machine));
  if (machineId !== undefined && machines.size > 1)
    throw new UsageError(
      `these are of ${machines.size} machines, which cannot all be ${machineId}`,
      'Leave out --machine-id and MACHINE_ID, or name the files of one machine.',
    );
  const named = files.map((file) => ({ ...file, machine: machineId ?? file.machine }));
  return { files: named, problems: [...problems, ...made.problems] };
}

function isPortalFile({ path }: Input): boolean {
  const begin = Buffer.alloc(PORTAL_HEADING.length);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return readSync(descriptor, begin) === begin.length && begin.toString('latin1') === PORTAL_HEADING;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false; // who reads it as a collection tells what is wrong with it
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const SUFFIX = '_performance.csv';

/** What the portal layout writes has the machine in its name. */
function fileOf({ path, name }: Input, machineId: string | undefined): PortalFile {
  const file = basename(name);
  const machine = file.endsWith(SUFFIX) ? decoded(file.slice(0, -SUFFIX.length)) : machineId;
  if (machine === undefined)
    throw new UsageError(`nothing says which machine ${name} is of`, 'Set MACHINE_ID, or give --machine-id.');
  return { path, name: file, machine };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a person's own choice of name
  }
}

async function convert(inputs: readonly Input[], directory: string, { values, io }: Wanted): Promise<PortalFiles> {
  const { machines, reading } = await layOut({
    ...{
      inputs,
      directory,
      selection: selectionOf(values),
      signal: io.signal,
      onReading: () => {},
      onBytes: () => {},
      onStep: () => {},
    },
    tablesOf: (machine, isOneOfMany) =>
      portalTables(
        { machine, directory, isOneOfMany, noteNa: () => {}, claim: (name) => join(directory, name) },
        values,
      ),
  });
  const made = machines.flatMap((machine) => machine.files);
  const [full, empty] = [made.filter(({ rows }) => rows > 0), made.filter(({ rows }) => rows === 0)];
  const files = full.map(({ path, machine }) => {
    return { path: join(directory, path), name: path, machine };
  });
  const bare = empty.map(
    ({ machine }) => `${machine}: there is no line in it for the portal: it takes two samples with CPU and memory`,
  );
  return { files, problems: [...problemsOf(reading), ...bare] };
}
