/** What the tests of pcc share. Nothing else imports it. */
import { type Ran, runMain, type Setting } from '@perfcollector/testing';
import { main } from './main.ts';

/** Runs of tests share a home, and so would share its control socket: they have none unless they ask for one. */
export function runPcc(argv: readonly string[], { env, ...setting }: Setting = {}): Promise<Ran> {
  return runMain(main, argv, { ...setting, env: { PCC_CONTROL: 'none', ...env } });
}
