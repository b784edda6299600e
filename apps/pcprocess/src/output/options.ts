import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { text, UsageError, UserError } from '@perfcollector/cli';
import type { Input } from '../input/input.ts';
import { STDOUT } from './collection-writer.ts';

/** Where one collection goes. */
export const outputOption = text({
  flag: '-o, --output <file>',
  fallback: STDOUT,
  about: `Write to this file, packed as its name says (.gz, .zst); ${STDOUT} is standard output.`,
});

/** @throws UsageError where standard output would be of two things */
export function checkOutput(output: string, isJson: boolean): void {
  if (isJson && output === STDOUT)
    throw new UsageError(
      'standard output cannot hold both the collection and the report',
      'Name a file with --output, or leave --json out.',
    );
}

/**
 * A collection is what was measured and cannot be measured again: no command writes over one that it reads.
 * @throws UserError
 */
export function refuseInputs(output: string, inputs: readonly Input[]): void {
  if (output === STDOUT) return;
  const place = placeOf(output);
  if (place === undefined || !inputs.some(({ path }) => placeOf(path) === place)) return;
  throw new UserError('SAME_FILE', `${output} is to be written and is one of the collections to be read`, {
    hint: 'Choose another name for the output.',
  });
}

function placeOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.dev}:${stat.ino}` : undefined;
}

/** Where what can be read only once is put aside: beside the output, which needs as much room. */
export function asidePlace(output: string): string {
  return output === STDOUT ? tmpdir() : dirname(resolve(output));
}
