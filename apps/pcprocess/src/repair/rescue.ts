import { type Damage, LineError, noDamage } from '@perfcollector/collection';
import { type BadLine, readText, type WholeLine } from '../input/whole-lines.ts';

/** What lines begin with, as every agent writes them. */
const BEGINNINGS = [Buffer.from('{"timestamp":'), Buffer.from('{"collection":')];

/**
 * A whole line behind something else: what a power cut left (zeros), or a line that broke off and that the next one was
 * written behind. Undefined where there is none.
 */
export function rescue({ number, content }: BadLine): WholeLine | undefined {
  const start = Math.max(...BEGINNINGS.map((beginning) => content?.lastIndexOf(beginning) ?? -1));
  if (!content || start <= 0) return undefined;
  const line = content.subarray(start);
  const read = attempt(line.toString('utf8'), noDamage());
  return read && { number, content: line, ...read };
}

function attempt(text: string, damage: Damage): Pick<WholeLine, 'line' | 'fields'> | undefined {
  try {
    return readText(text, damage);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return undefined;
  }
}
