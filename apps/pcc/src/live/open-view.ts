import type { Io, LogLevel } from '@perfcollector/cli';
import { isTerminal } from '@perfcollector/cli/screen';
import type { LiveView } from './live-view.ts';

/**
 * The view for a person at a terminal; undefined where nobody looks (a unit, a pipe), who wants to hear less, or whose
 * terminal cannot go back in a line. Loaded only where there is one: otherwise none of its numbers is worked out.
 */
export async function openView(level: LogLevel, { stderr, env }: Io): Promise<LiveView | undefined> {
  const isWanted = level === 'info' || level === 'debug';
  if (!isWanted || !isTerminal(stderr) || env.TERM === 'dumb') return undefined;
  const { LiveView } = await import('./live-view.ts');
  return new LiveView(stderr);
}
