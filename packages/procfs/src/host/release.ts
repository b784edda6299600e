import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { assigned, known } from './read.ts';

/** What the distribution says of itself. */
export interface Release {
  /** Its own name for itself: `Debian GNU/Linux 12 (bookworm)`. */
  readonly os?: string;
  /** The same for programs: `debian`. */
  readonly os_id?: string;
  /** `12`; rolling distributions have none. */
  readonly os_version?: string;
}

/** Reads os-release (man 5 os-release). */
export function readRelease(host: HostReader): Release {
  const text = optionalFact(() => host.readText('/etc/os-release', '/usr/lib/os-release'));
  const value = (name: string) => unquote(assigned(text, name));
  return known<Release>({
    os: value('PRETTY_NAME') ?? value('NAME'),
    os_id: value('ID'),
    os_version: value('VERSION_ID'),
  });
}

/** Values are quoted as in a shell: `"Debian \"stable\""`. */
function unquote(value: string | undefined): string | undefined {
  const quoted = /^(["'])(.*)\1$/.exec(value ?? '');
  return (quoted ? quoted[2]?.replace(/\\(["$\\`])/g, '$1') : value) || undefined;
}
