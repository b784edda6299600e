import { type Io, runProgram } from '@perfcollector/cli';
import { program } from './program.ts';

/** The program as a function: command line and process in, exit code out. */
export function main(argv: readonly string[], io: Io): Promise<number> {
  return runProgram(program, argv, io);
}
