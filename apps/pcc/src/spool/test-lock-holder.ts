/** A process of its own that locks the directory it is given, says how that went, and holds it until its input ends. */
import { once } from 'node:events';
import { lockDirectory } from './lock.ts';

try {
  const lock = await lockDirectory(process.argv[2] ?? '');
  console.log('won');
  await once(process.stdin.resume(), 'end');
  lock.release();
} catch (error) {
  console.log((error as Error).message);
}
