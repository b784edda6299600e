import { statSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';
import { CollectionFile } from '@perfcollector/collection';
import type { Run } from './batch.ts';
import { asBuffer } from './line.ts';

/** The collection of lines that the server does not take as they are: kept for a person to look at. */
export class RefusedFile {
  readonly path: string;
  readonly #most: number;
  /** The run of the last line that was added. */
  #run: Run | undefined;

  constructor(path: string, most: number) {
    this.path = path;
    this.#most = most;
  }

  /** `full`: it has as many bytes as it may; `failed`: it cannot be written now. */
  add(run: Run, line: Uint8Array): 'kept' | 'full' | 'failed' {
    const header = run === this.#run || !run.line ? '' : asBuffer(run.line).toString();
    try {
      const bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes + line.length > this.#most) return 'full';
      appendWhole(this.path, header + asBuffer(line).toString());
      this.#run = run;
      return 'kept';
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return 'failed';
    }
  }
}

function appendWhole(path: string, text: string): void {
  const file = CollectionFile.open(path);
  try {
    file.append(text);
  } finally {
    file.close();
  }
}
