import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';

/** The machine's own id (man 5 machine-id), the first line of its file; undefined where it has none. */
export function readMachineId(host: HostReader, path = '/etc/machine-id'): string | undefined {
  return optionalFact(() => host.readText(path).split('\n')[0]?.trim()) || undefined;
}
