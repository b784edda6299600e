import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputAt } from '../input/input.ts';
import { selectionOf } from '../input/options.ts';
import { layOut } from './lay-out.ts';
import type { MachineSetup, MachineTables, NaCell, TableFile } from './layout.ts';

/** What a layout made of a collection, and where. */
export interface LaidOut {
  readonly directory: string;
  readonly files: readonly TableFile[];
  readonly noted: readonly NaCell[];
}

type MakeTables = (setup: MachineSetup) => MachineTables;

const EVERYTHING = { ...{ collection: undefined, identifier: undefined, from: undefined, to: undefined } };

/** Runs one layout over collections, in a new directory below `root`. */
export async function layOutFiles(root: string, paths: readonly string[], make: MakeTables): Promise<LaidOut> {
  const directory = mkdtempSync(join(root, 'out-'));
  const noted: NaCell[] = [];
  const { signal } = new AbortController();
  const inputs = paths.map((path) => inputAt(path, undefined));
  const tablesOf = (machine: string, isOneOfMany: boolean) =>
    make({
      machine,
      directory,
      isOneOfMany,
      noteNa: (cell) => void noted.push(cell),
      claim: (name) => join(directory, name),
    });
  const selection = selectionOf({ ...EVERYTHING, machines: undefined, runs: undefined });
  const { machines } = await layOut({
    inputs,
    selection,
    signal,
    directory,
    tablesOf,
    onReading: () => {},
    onBytes: () => {},
    onStep: () => {},
  });
  const files = machines.flatMap((machine) => machine.files);
  return { directory, files, noted };
}

/** The same for lines. */
export function layOutLines(root: string, lines: readonly string[], make: MakeTables): Promise<LaidOut> {
  const path = join(mkdtempSync(join(root, 'in-')), 'c.json');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return layOutFiles(root, [path], make);
}

/** perfcollector2's line. */
export function raw(timestamp: number, subsystem: string, measurement: string): string {
  return JSON.stringify({ timestamp, subsystem, measurement });
}
