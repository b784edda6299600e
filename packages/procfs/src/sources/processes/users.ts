import { optionalFact } from '../../errors.ts';
import type { HostReader } from '../../types.ts';

/** A number without a name is looked for again after so long, milliseconds: users are added while the agent runs. */
const LOOK_AGAIN_MS = 60_000;

/** Names of users by number, from the host's own passwd; the number where there is none (LDAP, containers). */
export function userNames(host: HostReader): (uid: string) => string {
  let names = new Map<string, string>();
  let lookAt = 0;
  return (uid) => {
    if (!names.has(uid) && performance.now() >= lookAt) {
      names = readNames(host);
      lookAt = performance.now() + LOOK_AGAIN_MS;
    }
    return names.get(uid) ?? uid;
  };
}

function readNames(host: HostReader): Map<string, string> {
  const lines = optionalFact(() => host.readText('/etc/passwd'))?.split('\n') ?? [];
  const names = new Map<string, string>();
  for (const line of lines) {
    const [name, , uid] = line.split(':');
    if (name && uid && !names.has(uid)) names.set(uid, name); // of several names the first, as getpwuid() has it
  }
  return names;
}
