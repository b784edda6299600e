import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a second pcd from the same store: the lock of an empty database beside it, which goes with the process, however it
 * ends. The store itself is not locked as a whole, for it has a thread that writes and one that reads.
 * @throws SQLite's error, BUSY where another process has it
 */
export function lockBeside(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return lock;
}
