import { codeOf, type Log, systemError } from '@perfcollector/cli';
import { CollectionFile, encodeLine, type Header } from '@perfcollector/collection';
import type { Sink } from './sink.ts';

/**
 * Appends to a collection file, a write a tick. When the disk is full, samples wait in memory until there is room.
 * @throws UserError where the file cannot be opened
 */
export function openLocalSink(path: string, header: Header, log: Log): Sink {
  const file = openCollection(path);
  let taken = 0;
  /** Samples that wait for room, and those that there was no room left to wait in. */
  let waiting = 0;
  let refused = 0;
  let problem: string | undefined;

  const attempt = (write: () => void): void => {
    try {
      write();
      if (problem !== undefined) log.info(`${path} can be written again; everything that waited is in it`);
      problem = undefined;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) === 'PENDING_FULL') {
        refused += 1;
        waiting -= 1;
      }
      const { message } = systemError(`write ${path}`, error);
      if (problem !== message) log.error(`${message}; samples wait in memory until it works`);
      problem = message;
    }
  };

  attempt(() => file.append(encodeLine(header)));
  return {
    failed: new AbortController().signal,
    add(sample) {
      taken += 1;
      waiting += 1;
      attempt(() => file.append(encodeLine(sample)));
      if (file.pendingBytes === 0) waiting = 0;
    },
    async close() {
      if (file.pendingBytes > 0) attempt(() => file.flush());
      if (file.pendingBytes === 0) waiting = 0;
      const isComplete = file.pendingBytes === 0 && refused === 0;
      file.close();
      if (isComplete) return { summary: `${taken} samples in ${path}`, isComplete };
      const lost = `${waiting + refused} of ${taken} samples are lost`;
      return { summary: `${problem ?? `cannot write ${path}`}: ${lost}. Make room and start again.`, isComplete };
    },
  };
}

export function openCollection(path: string): CollectionFile {
  try {
    return CollectionFile.open(path);
  } catch (error) {
    throw systemError(`write the collection ${path}`, error);
  }
}
