import { close, fsync, open } from 'node:fs';
import { promisify } from 'node:util';

// Not node:fs/promises: it loads streams and readline with it, 0.7 MB that an agent does not need.
const [openFile, syncFile, closeFile] = [promisify(open), promisify(fsync), promisify(close)];

/** Has the disk keep the names in a directory: those of files that were made, renamed or removed. */
export async function syncDirectory(path: string): Promise<void> {
  const descriptor = await openFile(path, 'r');
  try {
    await syncFile(descriptor);
  } finally {
    await closeFile(descriptor);
  }
}
