import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Where a path of a host is for this process. */
export type Locate = (path: string, options?: { readonly isLinkItself?: true }) => string;

/** As many links as the kernel follows: include/linux/namei.h, MAXSYMLINKS. */
const MOST_LINKS = 40;

/**
 * Paths below a root directory, with links followed as if that were `/`: `/etc/os-release -> /usr/lib/os-release` of a
 * capture or of a mounted host is the one below the same root, not this machine's own, and `..` does not lead out.
 */
export function locateBelow(root: string): Locate {
  if (resolve(root) === '/') return (path) => path;
  let top = '';
  const locate = (path: string) => {
    top ||= realPath(root) ?? '';
    const plain = join(root, path);
    const real = top && realPath(plain);
    // Most paths lead nowhere else, which the kernel tells in one call.
    return real && (real === top || real.startsWith(`${top}/`)) ? plain : follow(root, path);
  };
  return (path, { isLinkItself } = {}) => {
    const whole = resolve('/', path);
    if (!isLinkItself) return locate(whole);
    return join(locate(dirname(whole)), whole.slice(whole.lastIndexOf('/')));
  };
}

/** Undefined where it is missing; perhaps only outside of the root, where the link would lead. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function follow(root: string, path: string): string {
  const done: string[] = [];
  const rest = path.split('/');
  for (let links = 0; rest.length > 0; ) {
    const step = rest.shift() as string;
    if (step === '..') done.pop();
    if (step === '' || step === '.' || step === '..') continue;
    const here = join(root, ...done, step);
    if (!lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink()) {
      done.push(step);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw Object.assign(new Error(`too many links at ${here}`), { code: 'ELOOP' });
    const target = readlinkSync(here);
    if (target.startsWith('/')) done.length = 0;
    rest.unshift(...target.split('/'));
  }
  return join(root, ...done);
}
