import { renameSync, statSync } from 'node:fs';
import { codeOf, type Log, systemError } from '@perfcollector/cli';
import {
  CollectionFile,
  encodeLine,
  type Header,
  isPacked,
  noDamage,
  openFile,
  readCollection,
} from '@perfcollector/collection';
import type { Sink } from './sink.ts';

/**
 * Appends to a collection file, a write a tick. When the disk is full, samples wait in memory until there is room.
 * @throws UserError where the file cannot be opened
 */
export async function openLocalSink(path: string, header: Header, log: Log): Promise<Sink> {
  await setAsideIfTorn(path, log);
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
    get state() {
      return {
        waitingSamples: waiting,
        waitingBytes: file.pendingBytes,
        droppedSamples: refused,
        sentSamples: 0,
        problem,
      };
    },
    add(line) {
      taken += 1;
      waiting += 1;
      attempt(() => file.append(Buffer.from(line).toString()));
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

/**
 * Nothing behind the torn end of a packed file can be read, so a power loss in an earlier run would cost this one too:
 * such a file is kept under another name. A plain file goes on behind its torn line.
 */
async function setAsideIfTorn(path: string, log: Log): Promise<void> {
  if (!isPacked(path) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  const damage = noDamage();
  try {
    for await (const _ of readCollection(openFile(path), damage));
    if (damage.broken === undefined && damage.tornBytes === 0) return;
    const aside = `${path}.torn-${Date.now()}`;
    renameSync(path, aside);
    log.warn(`the end of ${path} is torn; it is kept as ${aside}, and a new file begins`);
  } catch (error) {
    throw systemError(`read the collection ${path} to append to it`, error);
  }
}

function openCollection(path: string): CollectionFile {
  try {
    return CollectionFile.open(path);
  } catch (error) {
    throw systemError(`write the collection ${path}`, error);
  }
}
