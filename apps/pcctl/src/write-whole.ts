import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '@perfcollector/api';
import { codeOf, type Replacement, replaceFile, systemError } from '@perfcollector/cli';

/** Writes what a server sends into a file, which appears under its name only when it is whole. */
export async function writeWhole(bytes: NodeJS.ReadableStream, output: string, mode?: number): Promise<void> {
  const file = beginFile(output, mode);
  try {
    await translated(pipeline(bytes, createWriteStream(file.temporary)), `write ${output}`);
    file.commit();
  } finally {
    file.discard();
  }
}

/** @throws UserError where the file cannot be written */
export function beginFile(output: string, mode?: number): Replacement {
  try {
    return replaceFile(output, mode);
  } catch (error) {
    throw systemError(`write ${output}`, error);
  }
}

/** Of a pipe from a server to a file: tells the end that broke by its error. */
export async function translated(work: Promise<void>, attempt: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (codeOf(error)?.startsWith('UND_ERR') || codeOf(error) === 'ECONNRESET') {
      throw new ApiError('the server broke off in the middle of its answer', {
        code: 'BROKEN_OFF',
        status: 0,
        cause: error,
      });
    }
    throw systemError(attempt, error);
  }
}
