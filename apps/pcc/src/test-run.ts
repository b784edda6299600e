/** What the tests of pcc share. Nothing else imports it. */
import { type Ran, runMain, type Setting } from '@perfcollector/testing';
import { main } from './main.ts';

export function runPcc(argv: readonly string[], setting?: Setting): Promise<Ran> {
  return runMain(main, argv, setting);
}
